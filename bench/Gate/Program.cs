using Droptune.Bench.Gate;

// check FOLDER | throughput | memory MEGABYTES… | fuzz COUNT [SEED]
switch (args)
{
    case ["check", var folder]:
        await Check.RunAsync(folder);
        break;
    case ["throughput"]:
        await Throughput.RunAsync();
        break;
    case ["memory", var megabytes, var format]:
        await Memory.RunAsync(int.Parse(megabytes, System.Globalization.CultureInfo.InvariantCulture), format);
        break;
    default:
        Console.Error.WriteLine("Use: check FOLDER | throughput | memory MEGABYTES jsonl|conll | fuzz COUNT [SEED]");
        return 2;
}

return 0;
