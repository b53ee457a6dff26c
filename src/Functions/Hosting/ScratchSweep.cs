using Droptune.Functions.Serving;
using Microsoft.Extensions.Hosting;

namespace Droptune.Functions.Hosting;

/// <summary>Has the folders made when the process starts, and with it those deleted that killed processes left.</summary>
internal sealed class ScratchSweep(IServiceProvider services) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(
        () => Array.ForEach([typeof(ScratchSpace), typeof(ModelFiles)], type => services.GetService(type)), stoppingToken);
}
