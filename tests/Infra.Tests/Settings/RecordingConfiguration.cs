using Microsoft.Extensions.Configuration;

namespace Droptune.Infra.Tests.Settings;

/// <summary>A configuration of app settings that remembers which of them were asked for.</summary>
internal sealed class RecordingConfiguration : ConfigurationProvider, IConfigurationSource
{
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);

    private RecordingConfiguration(IEnumerable<KeyValuePair<string, string>> settings)
    {
        foreach (var (name, value) in settings)
        {
            Data[name.Replace("__", ":", StringComparison.Ordinal)] = value;
        }
    }

    /// <summary>Keys that were asked for, as app settings are named.</summary>
    public IEnumerable<string> Read => _read.Select(key => key.Replace(":", "__", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public static (IConfiguration Configuration, RecordingConfiguration Record) Of(IEnumerable<KeyValuePair<string, string>> settings)
    {
        var record = new RecordingConfiguration(settings);
        return (new ConfigurationBuilder().Add(record).Build(), record);
    }

    public override bool TryGet(string key, out string? value)
    {
        _read.Add(key);
        return base.TryGet(key, out value);
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
