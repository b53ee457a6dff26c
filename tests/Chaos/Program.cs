using Droptune.Chaos;
using Droptune.Chaos.Attacks;
using Droptune.Chaos.Product;

const string usage = """
    dotnet run --project tests/Chaos -- ATTACK

      points [WHICH OF [FROM]]
                           Kills host or worker after each write of a flow, once each; 0 3, 1 3 and 2 3 share them out among three, FROM
                           leaves out the first ones
      random [N] [SEED]    Kills at N random times (100)
      outages [S] [N] [PHASE…]
                           No storage for S seconds (120), beginning in each phase; N phases side by side (1)
      disk                 No space left under host and worker; mounts a tmpfs, which takes root
      manifests, specs, requests, messages [N] [SEED]
                           N documents that nearly are what they should be
      short                Two points and some documents: what .ci/run does

    Exit code 1 tells of a fault; what is seen stands on standard output.
    """;
try
{
    switch (args)
    {
        case ["points", .. var rest]:
            await Kills.EachAsync(Number(rest, 0, 0), Number(rest, 1, 1), Number(rest, 2, 0));
            break;
        case ["random", .. var rest]:
            await Kills.RandomAsync(Number(rest, 0, 100), Number(rest, 1, 1));
            break;
        case ["outages", .. var rest]:
            await Outages.EachAsync(TimeSpan.FromSeconds(Number(rest, 0, 120)), Number(rest, 1, 1), rest.Skip(2).ToList());
            break;
        case ["disk"]:
            await FullDisk.RunAsync();
            break;
        case ["manifests", .. var rest]:
            await Fuzz.ManifestsAsync(Number(rest, 0, 100_000), Number(rest, 1, 1));
            break;
        case ["specs", .. var rest]:
            await Fuzz.SpecsAsync(Number(rest, 0, 100_000), Number(rest, 1, 1));
            break;
        case ["requests", .. var rest]:
            await Fuzz.RequestsAsync(Number(rest, 0, 100_000), Number(rest, 1, 1));
            break;
        case ["messages", .. var rest]:
            await Fuzz.MessagesAsync(Number(rest, 0, 1000), Number(rest, 1, 1));
            break;
        case ["short"]:
            await Fuzz.ManifestsAsync(2000, 1);
            await Fuzz.SpecsAsync(20_000, 1);
            await Kills.PairAsync();
            break;
        default:
            Console.WriteLine(usage);
            return 2;
    }

    return 0;
}
catch (FaultException e)
{
    Report.Line($"FAULT {e.Message}");
    return 1;
}

static int Number(string[] rest, int index, int otherwise) => rest.Length > index ? int.Parse(rest[index], CultureInfo.InvariantCulture) : otherwise;
