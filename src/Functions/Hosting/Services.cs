using Droptune.Core.Evaluation;
using Droptune.Core.Forgetting;
using Droptune.Core.Hub;
using Droptune.Functions.Corrections;
using Droptune.Functions.Corrections.Folding;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Http;
using Droptune.Functions.Ingestion;
using Droptune.Functions.Ingestion.Check;
using Droptune.Functions.Monitoring;
using Droptune.Functions.Monitoring.Uncertain;
using Droptune.Functions.Retention;
using Droptune.Functions.Serving;
using Droptune.Functions.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Hosting;

/// <summary>Everything the function classes ask for, the same in both hosts.</summary>
public static class Services
{
    public static IServiceCollection AddDroptune(this IServiceCollection services, IConfiguration configuration) => services
        .AddDroptuneTelemetry(configuration, "droptune-functions")
        .AddSettings<PipelineOptions>(configuration, PipelineOptions.Section)
        .AddSettings<HubOptions>(configuration, HubOptions.Section)
        .AddSettings<TrainingLimits>(configuration, TrainingLimits.Section)
        .AddSettings<PromotionSettings>(configuration, PromotionSettings.Section)
        .AddSettings<RetentionOptions>(configuration, RetentionOptions.Section)
        .AddSettings<CheckOptions>(configuration, CheckOptions.Section)
        .AddSettings<UncertainOptions>(configuration, UncertainOptions.Section)
        .AddSettings<ModelCacheOptions>(configuration, ModelCacheOptions.Section)
        .AddDroptuneStorage()
        .AddSingleton<DatasetStore>()
        .AddSingleton<EvaluationStore>()
        .AddSingleton(provider => provider.GetRequiredService<IOptions<ModelCacheOptions>>().Value)
        .AddSingleton(_ => new ScratchSpace())
        .AddSingleton(provider => new ModelFiles(
            provider.GetRequiredService<DroptuneStorage>().Container(StorageNames.Models), provider.GetRequiredService<ModelCacheOptions>()))
        .AddSingleton<ModelCache>()
        .AddSingleton<BaseModels>()
        .AddSingleton<CorrectionFold>()
        .AddSingleton<CorrectionStore>()
        .AddSingleton<DatasetCheck>()
        .AddSingleton<DatasetIngestion>()
        .AddSingleton<DatasetValidation>()
        .AddSingleton<ModelEvaluation>()
        .AddSingleton<QueueMessages>()
        .AddSingleton<Deletions>()
        .AddSingleton<Forgetter>()
        .AddSingleton<RetentionPolicy>()
        .AddSingleton<Supervision>()
        .AddSingleton<RunRequests>()
        .AddSingleton<TrafficWatch>()
        .AddSingleton<TrafficStore>()
        .AddSingleton<TrafficReports>()
        .AddSingleton<UncertainTexts>()
        .AddSingleton<UncertainStore>()
        .AddHostedService<ScratchSweep>()
        .AddHostedService<TrafficRecorder>()
        .AddSingleton<Answers>();
}
