using Droptune.Core.Storage;

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>How long published workers take to start; <c>bench/start.sh</c> runs it, nothing else does.</summary>
public sealed class StartTimes(AzuriteFixture azurite)
{
    private const int Rounds = 10;

    [Fact(Explicit = true)]
    public async Task Start_FormsOfThePublish_Measured()
    {
        var forms = Environment.GetEnvironmentVariable("FORMS")!.Split(Path.PathSeparator);
        var settings = new Dictionary<string, string?> { [StorageNames.Connection] = await azurite.NewAccountAsync() };
        var seen = forms.ToDictionary(form => form, _ => new List<(TimeSpan Initialised, TimeSpan Loaded, TimeSpan Answered)>());
        for (var round = 0; round <= Rounds; round++)
        {
            foreach (var form in forms) // in turn, so that none has a quieter machine
            {
                await using var worker = await WorkerHost.StartAsync(form, settings, _ => { }, TestContext.Current.CancellationToken);
                using var http = new HttpClient(new WorkerHttp(worker)) { BaseAddress = new Uri(worker.HttpAddress, "api/") };
                using var answer = await http.GetAsync("datasets/nowhere", TestContext.Current.CancellationToken);
                if (round > 0) // the first reads the files from disk
                {
                    seen[form].Add((worker.InitialisedAfter, worker.LoadedAfter, worker.Age));
                }
            }
        }

        foreach (var (form, times) in seen)
        {
            Console.WriteLine(FormattableString.Invariant(
                $"| {Path.GetFileName(form)} | {Median(times.Select(time => time.Initialised))} | {Median(times.Select(time => time.Loaded))} | {Median(times.Select(time => time.Answered))} |"));
        }
    }

    private static string Median(IEnumerable<TimeSpan> times) =>
        FormattableString.Invariant($"{times.Order().ElementAt(Rounds / 2).TotalSeconds:F2} s");
}
