using Droptune.Bench.Training;
using Droptune.TrainingJob.Torch;

NativeSetup.Apply();
// Every measurement prints one JSON line.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["data", var conll, var folder, var sentences]:
        Data.Write(conll, folder, int.Parse(sentences));
        return 0;
    case ["train", var folder, var vocabulary, var size, var batchTokens, var epochs]:
        TrainingRun.Print(Data.Read(folder, "train"), vocabulary, size, int.Parse(batchTokens), int.Parse(epochs));
        return 0;
    case ["long", var vocabulary, var size, var rows, var length, var epochs]:
        TrainingRun.Print(Data.Long(vocabulary, 2 * int.Parse(rows), int.Parse(length)), vocabulary, size, int.Parse(rows) * int.Parse(length), int.Parse(epochs));
        return 0;
    case ["report", var path]:
        return Report.Run(path);
    default:
        Console.Error.WriteLine("""
            usage: data CONLL FOLDER SENTENCES                  part of a dataset, as the peer reads it
                   train FOLDER VOCABULARY SIZE TOKENS EPOCHS   trains on it, batches of TOKENS
                   long VOCABULARY SIZE ROWS LENGTH EPOCHS      trains on sequences of LENGTH pieces, ROWS a batch
                   report FILE                                  table and RATIO lines of what training.sh measured
            SIZE is LAYERSxWIDTH
            """);
        return 2;
}
