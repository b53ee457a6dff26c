using NetArchTest.Rules;

namespace Droptune.Core.Tests;

/// <summary>The rooms of Core stand in one order, and each uses only what stands before it: a reader may begin at the top.</summary>
public class LayersTests
{
    /// <summary>Every namespace of Core, lowest first; docs/architecture.md shows them.</summary>
    private static readonly string[] Order =
    [
        "Droptune.Core",
        "Droptune.Core.Text.Unicode",
        "Droptune.Core.Text",
        "Droptune.Core.Text.Pieces",
        "Droptune.Core.Text.WordPiece",
        "Droptune.Core.Text.Normalizing",
        "Droptune.Core.Text.Subwords",
        "Droptune.Core.Text.Loading",
        "Droptune.Core.Labels",
        "Droptune.Core.Metrics",
        "Droptune.Core.Models",
        "Droptune.Core.Hub",
        "Droptune.Core.Hub.Pushing",
        "Droptune.Core.Jobs",
        "Droptune.Core.Runs",
        "Droptune.Core.Telemetry",
        "Droptune.Core.Datasets",
        "Droptune.Core.Datasets.Sources",
        "Droptune.Core.Datasets.Records",
        "Droptune.Core.Datasets.Findings",
        "Droptune.Core.Datasets.Reading.Lines",
        "Droptune.Core.Datasets.Reading.Standoff",
        "Droptune.Core.Datasets.Reading.Conll",
        "Droptune.Core.Datasets.Reading.Json.Shapes",
        "Droptune.Core.Datasets.Reading.Json",
        "Droptune.Core.Datasets.Reading.Projects",
        "Droptune.Core.Datasets.Reading.Rasa",
        "Droptune.Core.Datasets.Reading.Tables",
        "Droptune.Core.Datasets.Reading",
        "Droptune.Core.Datasets.Checking.Texts",
        "Droptune.Core.Datasets.Checking.Tags",
        "Droptune.Core.Datasets.Checking.Spans",
        "Droptune.Core.Datasets.Quality",
        "Droptune.Core.Datasets.Checking",
        "Droptune.Core.Datasets.Snapshots",
        "Droptune.Core.Datasets.Gate",
        "Droptune.Core.Inference.Onnx",
        "Droptune.Core.Inference.Batching",
        "Droptune.Core.Inference",
        "Droptune.Core.Traffic",
        "Droptune.Core.Evaluation",
        "Droptune.Core.Storage",
        "Droptune.Core.Stores",
        "Droptune.Core.Reports.Markup",
        "Droptune.Core.Reports",
        "Droptune.Core.Forgetting",
        "Droptune.Core.Terminal",
    ];

    public static TheoryData<string> Namespaces => [.. Order];

    [Fact]
    public void Order_AllNamespacesOfCore_AreInIt() =>
        Assert.Equal(Order.Order(), OwnTypes().Select(type => type.Namespace!).Distinct().Order());

    [Theory]
    [MemberData(nameof(Namespaces))]
    public void Namespace_ItsTypes_UseOnlyWhatStandsBefore(string name)
    {
        var later = Order[(Array.IndexOf(Order, name) + 1)..];
        var above = OwnTypes().Where(type => later.Contains(type.Namespace)).Select(type => type.FullName!.Split('`')[0]).ToArray();

        var result = Types.InAssembly(typeof(DroptuneJson).Assembly)
            .That().ResideInNamespaceMatching($"^{name.Replace(".", "\\.", StringComparison.Ordinal)}$")
            .ShouldNot().HaveDependencyOnAny([.. above, "Droptune.Functions", "Droptune.TrainingJob"])
            .GetResult();

        Assert.True(result.IsSuccessful, $"above {name}: {string.Join(", ", result.FailingTypeNames ?? [])}");
    }

    private static IEnumerable<Type> OwnTypes() =>
        typeof(DroptuneJson).Assembly.GetTypes().Where(type => !type.IsNested && type.Namespace?.StartsWith("Droptune", StringComparison.Ordinal) == true);
}
