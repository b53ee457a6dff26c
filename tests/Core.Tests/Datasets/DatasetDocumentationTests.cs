using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets;

/// <summary>docs/datasets.md says what the code does.</summary>
public sealed class DatasetDocumentationTests
{
    private static readonly string[] Lines = File.ReadAllLines(TestData.PathOf("..", "..", "docs", "datasets.md"));

    [Fact]
    public void Findings_TheirTable_IsThatOfTheCode()
    {
        var expected = FindingRule.All.Select(rule =>
            $"| `{DroptuneJson.Word(rule.Code)}` | {DroptuneJson.Word(rule.Severity)}{(rule.Fixed ? ", always" : "")} | {rule.Meaning} | {rule.Advice} |");

        var start = Array.FindIndex(Lines, line => line.StartsWith("| code |", StringComparison.Ordinal));

        Assert.Equal(expected, Lines.Skip(start + 2).TakeWhile(line => line.StartsWith('|')));
    }

    [Fact]
    public void Manifest_EveryKey_IsDocumented()
    {
        var keys = typeof(DatasetManifest).GetProperties().Select(property => property.Name).Where(name => name != nameof(DatasetManifest.Validation))
            .Concat(typeof(ValidationSettings).GetProperties().Select(property => "Validation." + property.Name))
            .Select(name => string.Join('.', name.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName)));

        var documented = Lines.Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => line.Split('|')[1].Split('`')).ToHashSet();

        Assert.All(keys, key => Assert.Contains(key, documented));
    }
}
