using Droptune.Core.Hub;
using Droptune.TrainingJob.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Droptune.TrainingJob.Work;

/// <summary>Everything that the queue worker asks for.</summary>
public static class WorkerServices
{
    public static IServiceCollection AddTrainingWorker(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(configuration)
        .AddDroptuneTelemetry(configuration, "droptune-training")
        .AddDroptuneStorage()
        .AddSettings<HubOptions>(configuration, HubOptions.Section)
        .AddSettings<TrainingLimits>(configuration, TrainingLimits.Section)
        .AddSettings<WorkerOptions>(configuration, WorkerOptions.Section)
        .AddSingleton(provider => provider.GetRequiredService<IOptions<WorkerOptions>>().Value)
        .AddSingleton(provider => new ScratchSpace(provider.GetRequiredService<WorkerOptions>().Folder))
        .AddSingleton<Train>(FineTuning.Run)
        .AddSingleton<TrainingRun>()
        .AddSingleton<QueueWorker>();
}
