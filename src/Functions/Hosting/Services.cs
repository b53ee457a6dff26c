using Droptune.Core.Pipeline;
using Droptune.Core.Storage;
using Droptune.Functions.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Hosting;

/// <summary>Everything the function classes ask for, the same in both hosts.</summary>
public static class Services
{
    public static IServiceCollection AddDroptune(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PipelineOptions>().Bind(configuration).ValidateDataAnnotations().ValidateOnStart();
        return services
            .AddDroptuneStorage()
            .AddSingleton<BaseModels>()
            .AddSingleton<DatasetIngestion>()
            .AddSingleton<DatasetValidation>()
            .AddSingleton<QueueMessages>()
            .AddSingleton<RunSupervision>()
            .AddSingleton<Answers>();
    }
}
