using System.Diagnostics;
using System.Net.Http.Json;
using Droptune.Chaos.Product;
using Droptune.Core.Jobs;
using Droptune.Core.Storage;

namespace Droptune.Chaos.Attacks;

/// <summary>
/// No space is left where host and worker keep their files, a tmpfs (mounting it takes root): every step says so and ends, no process does,
/// and once there is room again what was refused can be asked for anew.
/// </summary>
internal static class FullDisk
{
    private const string Reason = "space"; // as in "No space left on device"

    public static async Task RunAsync()
    {
        var place = Directory.CreateTempSubdirectory("droptune-chaos-disk-").FullName;
        await SystemAsync("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", place);
        try
        {
            await using var product = await Installation.StartAsync(place: place);
            var filler = Path.Combine(place, "filler");
            var (first, second) = (new Flow(product, 0), new Flow(product, 1));

            Fill(filler);
            var dropped = first.DropAsync();
            await product.UntilAsync("the validation says that the disk is full", async () =>
                (await product.Http.GetStringAsync($"datasets/{first.Name}")).Contains(Reason, StringComparison.OrdinalIgnoreCase));
            Report.Line($"validation: the dataset says why");
            File.Delete(filler);
            await dropped;
            Report.Line($"validation: accepted once there was room");

            product.Worker.Tap.Reached = point =>
            {
                if (point.Write.StartsWith("Table PUT Runs", StringComparison.Ordinal) && !File.Exists(filler))
                {
                    Fill(filler);
                }

                return false;
            };
            var training = second.DropAsync();
            await product.UntilAsync("the run says that the disk is full", async () =>
                (await product.Runs.ListAsync(new(Model: second.Name), CancellationToken.None)).Any(run => run.Model == second.Name && run.Error?.Contains(Reason, StringComparison.OrdinalIgnoreCase) == true));
            Report.Line($"training: the run says why");
            product.Worker.Tap.Reached = _ => false;
            File.Delete(filler);
            await training;
            Report.Line($"training: went on once there was room");

            Fill(filler);
            await product.Storage.SendAsync(StorageNames.EvaluationRequests, new EvaluationRequest(second.Name));
            await product.UntilAsync("the evaluation is given up, or waits", async () =>
                (await product.Storage.Queue(StorageNames.EvaluationRequests + StorageNames.PoisonSuffix).GetPropertiesAsync()).Value.ApproximateMessagesCount == 1);
            File.Delete(filler);
            Report.Line($"evaluation: given up with a full disk");
            using var answer = await product.Http.PostAsJsonAsync($"models/{second.Name}/predict", new { inputs = "refund ticket 1" });
            Report.Line($"predict: {(int)answer.StatusCode}");
            await product.Storage.Queue(StorageNames.EvaluationRequests + StorageNames.PoisonSuffix).ClearMessagesAsync();
            await second.FoldAsync();
            var invariants = new Invariants(product);
            await invariants.CheckAsync(first);
            await invariants.CheckRestAsync();
        }
        finally
        {
            await SystemAsync("umount", place);
            Directory.Delete(place);
        }
    }

    private static void Fill(string path)
    {
        try
        {
            using var file = File.Create(path, 1);
            for (var block = new byte[1 << 12]; ;)
            {
                file.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task SystemAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new FaultException($"{program} {string.Join(' ', arguments)} failed: it needs root");
        }
    }
}
