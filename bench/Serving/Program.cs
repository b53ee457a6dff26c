using Droptune.Bench.Serving;

// Every measurement prints one JSON line.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["export", var folder]:
        Export.Run(folder);
        return 0;
    case ["bare", var folder, var file, var body, var seconds, var model, var precision, var name]:
        new BareLoop(folder, file, body).Run(double.Parse(seconds), model, precision, name);
        return 0;
    case ["served", var folder, var file, var body, var callers, var seconds]:
        await Served.RunAsync(folder, file, body, int.Parse(callers), double.Parse(seconds));
        return 0;
    case ["storage", .. var folders]:
        await Storage.RunAsync(folders);
        return 0;
    case ["report", var path]:
        return new Report(path).Print();
    default:
        Console.Error.WriteLine("""
            usage: export FOLDER                               our ONNX files from config.json and model.safetensors
                   bare FOLDER FILE BODY SECONDS MODEL PRECISION NAME    ONNX Runtime alone, by batch size
                   served FOLDER FILE BODY CALLERS SECONDS     the served model in this process
                   storage FOLDER…                             a storage account that serves them; ends with its input
                   report FILE                                 table and RATIO lines of what serving.sh measured
            BODY is a request of the peers' load folder: {"inputs": "text" or ["text", …]}
            """);
        return 2;
}
