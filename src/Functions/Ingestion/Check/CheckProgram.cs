using Azure;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Hub;
using Microsoft.Extensions.Configuration;

namespace Droptune.Functions.Ingestion.Check;

/// <summary>
/// The process that <see cref="DatasetCheck"/> starts: reads a dataset, and leaves report and snapshot in a folder. It prints the name
/// of each file before it reads it, as JSON, and ends when its standard input does.
/// </summary>
internal static class CheckProgram
{
    public const string Command = "check-dataset";
    public const string Report = "report.json";

    public const int Done = 0;
    public const int Failed = 1; // standard error tells why
    public const int Changed = 2; // a file is another by now
    public const int OutOfMemory = 3;

    public static bool IsMeant(string[] args) => args is [Command, ..];

    /// <param name="args">The command, the dataset, the fingerprint of its files, and the folder.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        _ = Task.Run(EndWithInput);
        try
        {
            return await CheckAsync(args[1], args[2], args[3]);
        }
        catch (RequestFailedException e) when (e.Status is 412 or 404 && e.ErrorCode is "ConditionNotMet" or "BlobNotFound")
        {
            return Changed;
        }
        catch (Exception e) when (e is OutOfMemoryException || e.InnerException is OutOfMemoryException)
        {
            return OutOfMemory;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
            return Failed;
        }
    }

    private static async Task<int> CheckAsync(string dataset, string fingerprint, string folder)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var storage = DroptuneStorage.From(configuration);
        var files = await DatasetFiles.ListAsync(storage, dataset, CancellationToken.None);
        if (files.Fingerprint != fingerprint)
        {
            return Changed;
        }

        using var hub = new HubClient(HubOptions.From(configuration), TimeProvider.System);
        var baseModels = new BaseModels(storage, new HubModels(storage, hub));
        var report = await DatasetGate.CheckAsync(
            dataset, files.Files, folder, (name, cancellation) => baseModels.DownloadTokenizerAsync(name, folder, cancellation),
            await new ForgottenTexts(storage, TimeProvider.System).AllAsync(CancellationToken.None), Tell);
        await using var file = File.Create(Path.Combine(folder, Report));
        await JsonSerializer.SerializeAsync(file, report, DroptuneJson.Compact);
        return Done;
    }

    private static void Tell(string? file) => Console.Out.WriteLine(JsonSerializer.Serialize(file));

    private static void EndWithInput()
    {
        while (Console.In.Read() >= 0)
        {
        }

        Environment.Exit(Failed); // whoever started this one is gone
    }
}
