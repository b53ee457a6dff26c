using Droptune.Core.Hub;
using Droptune.Core.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Droptune.Core.Stores;

/// <summary>Registers the storage account and the stores over it.</summary>
public static class StorageServices
{
    public static IServiceCollection AddDroptuneStorage(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services
            .AddSingleton(provider => DroptuneStorage.From(provider.GetRequiredService<IConfiguration>()))
            .AddSingleton<ModelStore>()
            .AddSingleton<TrainingBudget>()
            .AddSingleton(provider => new HubClient(provider.GetRequiredService<IOptions<HubOptions>>().Value, provider.GetRequiredService<TimeProvider>()))
            .AddSingleton<HubModels>()
            .AddSingleton<ForgottenTexts>()
            .AddSingleton<RunStore>();
    }
}
