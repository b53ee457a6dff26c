using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Droptune.Core.Telemetry;
using Droptune.Functions.Monitoring;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Droptune.Infra.Tests.Monitoring;

public partial class QueryTests
{
    public static TheoryData<string> Queries =>
        [.. Directory.EnumerateFiles(Repository.PathOf("infra", "bicep", "queries")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Queries))]
    public void Query_EachOne_NamesMetricsOfTheCodeAndIsUsed(string file)
    {
        var named = MetricName().Matches(Repository.Read("infra", "bicep", "queries", file)).Select(match => match.Value);
        var modules = Repository.Read("infra", "bicep", "modules", "workbook.bicep") + Repository.Read("infra", "bicep", "modules", "alerts.bicep");

        Assert.Subset(Instruments().Select(instrument => instrument.Name).ToHashSet(), named.ToHashSet());
        Assert.Contains($"'../queries/{file}'", modules, StringComparison.Ordinal);
    }

    [Fact]
    public void Instruments_EachOne_HasUnitAndDescription() =>
        Assert.All(Instruments(), instrument => Assert.True(instrument is { Unit.Length: > 0, Description.Length: > 0 }, instrument.Name));

    private static List<Instrument> Instruments()
    {
        var found = new List<Instrument>();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name is Measures.Source or Measures.TrafficSource)
                {
                    found.Add(instrument);
                }
            },
        };
        RuntimeHelpers.RunClassConstructor(typeof(Measures).TypeHandle);
        listener.Start();
        _ = new TrafficWatch(TimeProvider.System, services.GetRequiredService<IMeterFactory>());
        // Its instruments are made before its stores are used.
        _ = new TrafficReports(null!, null!, null!, null!, TimeProvider.System, services.GetRequiredService<IMeterFactory>(), NullLogger<TrafficReports>.Instance);
        return found;
    }

    [GeneratedRegex(@"droptune\.[a-z_.0-9]+")]
    private static partial Regex MetricName();
}
