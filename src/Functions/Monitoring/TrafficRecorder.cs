using Azure;
using Droptune.Functions.Monitoring.Uncertain;
using Microsoft.Extensions.Hosting;

namespace Droptune.Functions.Monitoring;

/// <summary>Stores what was counted every minute, and once more at the end.</summary>
public sealed class TrafficRecorder(
    TrafficWatch watch, TrafficStore store, UncertainTexts uncertain, UncertainStore uncertainStore, TimeProvider clock, ILogger<TrafficRecorder> logger)
    : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await StoreAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await StoreAsync(cancellationToken);
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        foreach (var (hour, profile) in watch.Take())
        {
            try
            {
                await store.AddAsync(hour, profile, cancellationToken);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException or OperationCanceledException)
            {
                watch.Return(hour, profile); // for the next time: predictions do not wait for storage
                logger.LogWarning("Traffic of {Model} {Version} could not be stored: {Reason}", hour.Model, hour.Version, e.Message);
            }
        }

        foreach (var (model, texts) in uncertain.Take())
        {
            try
            {
                await uncertainStore.AddAsync(model, texts, cancellationToken);
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException or OperationCanceledException)
            {
                logger.LogWarning("{Count} uncertain texts of {Model} could not be stored: {Reason}", texts.Count, model, e.Message);
            }
        }
    }
}
