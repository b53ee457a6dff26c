using System.CommandLine;
using Droptune.TrainingJob.Work;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Droptune.TrainingJob.Commands;

/// <summary>Serves the queue <c>training-jobs</c>: what the container job and the local worker run.</summary>
internal static class WorkCommand
{
    public static Command Create()
    {
        var once = new Option<bool>("--once") { Description = "Take one job, or none, and exit: what the container job runs" };
        var untilInputEnds = new Option<bool>("--until-input-ends")
        {
            Description = "Stop when standard input ends: for a program that starts this one and must not leave it behind",
        };
        var command = new Command(
            "work",
            $"Serve the queue '{StorageNames.TrainingJobs}' of the storage account in the setting '{StorageNames.Connection}' " +
            $"(a connection string, or {StorageNames.Connection}__blobServiceUri, __queueServiceUri and __tableServiceUri)")
        {
            once,
            untilInputEnds,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed.GetValue(once), parsed.GetValue(untilInputEnds), stop));
        return command;
    }

    private static async Task<int> RunAsync(bool once, bool untilInputEnds, CancellationToken stop)
    {
        using var inputEnded = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (untilInputEnds)
        {
            _ = Task.Run(() => StopAtEndOfInput(inputEnded), CancellationToken.None);
        }

        await using var services = Services();
        Check(services.GetRequiredService<IStartupValidator>());
        services.StartTelemetry();
        await services.GetRequiredService<DroptuneStorage>().EnsureCreatedAsync(inputEnded.Token);
        var allWell = await services.GetRequiredService<QueueWorker>().RunAsync(once, inputEnded.Token);
        return allWell ? ExitCode.Done : ExitCode.Failed;
    }

    private static ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        return new ServiceCollection()
            .AddLogging(logging => logging.AddConfiguration(configuration.GetSection("Logging")).AddSimpleConsole(format =>
            {
                format.SingleLine = true;
                format.TimestampFormat = "HH:mm:ss ";
            }))
            .AddTrainingWorker(configuration)
            .BuildServiceProvider();
    }

    private static void Check(IStartupValidator settings)
    {
        try
        {
            settings.Validate();
        }
        catch (Exception e) when (SettingsServices.Problems(e) is { } problems)
        {
            throw new WrongUseException(problems);
        }
    }

    private static void StopAtEndOfInput(CancellationTokenSource stop)
    {
        while (Console.In.Read() >= 0)
        {
        }

        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }
}
