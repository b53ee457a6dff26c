using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Droptune.Core;

/// <summary>Registers options that are read from the settings and checked when the process starts.</summary>
public static class SettingsServices
{
    /// <param name="services">Get the options.</param>
    /// <param name="configuration">All settings.</param>
    /// <param name="section">The options' own name for theirs; empty at the top level.</param>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class
    {
        var settings = new SettingsSection<T>(configuration, section);
        services.AddOptions<T>().ValidateOnStart();
        return services.AddSingleton<IConfigureOptions<T>>(settings).AddSingleton<IValidateOptions<T>>(settings);
    }

    /// <summary>Every setting that kept a process from starting, one a line; null if it was something else.</summary>
    public static string? Problems(Exception error)
    {
        IReadOnlyCollection<Exception> errors = error is AggregateException several ? several.InnerExceptions : [error];
        var problems = errors.OfType<OptionsValidationException>().SelectMany(invalid => invalid.Failures);
        return errors.All(e => e is OptionsValidationException)
            ? string.Join(Environment.NewLine, problems.Select(problem => $"  {problem}").Prepend("These settings cannot be used:"))
            : null;
    }
}
