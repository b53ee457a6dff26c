using Droptune.Bench.Gate;

switch (args)
{
    case ["check", var folder]:
        await Check.RunAsync(folder);
        break;
    case ["throughput"]:
        await Throughput.RunAsync();
        break;
    case ["throughput", "jsonl" or "conll"]:
        await Throughput.RunAsync(args[1]);
        break;
    case ["memory", var megabytes, "jsonl" or "conll"]:
        await Memory.RunAsync(int.Parse(megabytes, CultureInfo.InvariantCulture), args[2]);
        break;
    case ["fuzz", var count, var seed]:
        await Fuzz.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), int.Parse(seed, CultureInfo.InvariantCulture));
        break;
    default:
        Console.Error.WriteLine("Use: check FOLDER | throughput [jsonl|conll] | memory MEGABYTES jsonl|conll | fuzz COUNT SEED");
        return 2;
}

return 0;
