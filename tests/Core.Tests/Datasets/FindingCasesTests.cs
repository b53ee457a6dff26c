using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Gate;
using Droptune.Core.Models;

namespace Droptune.Core.Tests.Datasets;

/// <summary>
/// One small dataset for every finding, in tests/data/findings, each with the report it must get. To write the reports
/// anew after a change, run the tests with DROPTUNE_WRITE_EXPECTED=1 and read what git says changed.
/// </summary>
public sealed class FindingCasesTests
{
    private const string ExpectedName = "expected.json";
    private static readonly string Root = TestData.PathOf("findings");

    private static readonly HashSet<ulong> Forgotten = [new TextHash().Normalised("forget  what I said"u8)];

    // A limit is none of the gate's own: DatasetCheckTests reach it.
    private static IEnumerable<FindingCode> Shown => Enum.GetValues<FindingCode>().Except([FindingCode.LimitReached]);

    public static TheoryData<FindingCode> Codes => [.. Shown];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task CheckAsync_CaseOfFinding_GivesItsReport(FindingCode code)
    {
        var folder = Path.Combine(Root, DroptuneJson.Word(code));
        var files = DatasetFile.FromFolder(folder).Where(file => file.Name != ExpectedName).ToList();

        BaseModelFinder start = code switch
        {
            FindingCode.UnfitBaseModel => BuiltIn,
            FindingCode.RestrictedBaseModel => OfHub,
            _ => Tiny,
        };
        var report = await DatasetGate.CheckAsync("sample", files, null, start, Forgotten, cancellationToken: TestContext.Current.CancellationToken);

        var expected = Path.Combine(folder, ExpectedName);
        var actual = JsonSerializer.Serialize(new { report.Accepted, report.Task, report.Counts, report.LeftOut, report.Totals, report.Findings }, DroptuneJson.Readable) + "\n";
        if (Environment.GetEnvironmentVariable("DROPTUNE_WRITE_EXPECTED") == "1")
        {
            await File.WriteAllTextAsync(expected, actual, TestContext.Current.CancellationToken);
        }

        Assert.Contains(report.Findings, finding => finding.Code == code);
        Assert.Equal(await File.ReadAllTextAsync(expected, TestContext.Current.CancellationToken), actual);
    }

    [Fact]
    public void Cases_AndCodes_AreTheSame() => Assert.Equal(
        Shown.Select(DroptuneJson.Word).Order(StringComparer.Ordinal),
        Directory.GetDirectories(Root).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    /// <summary>The one base model is "tiny": its vocabulary is ASCII letters and a few marks.</summary>
    private static Task<FoundBaseModel?> Tiny(string? name, CancellationToken cancellationToken) =>
        Task.FromResult<FoundBaseModel?>(name == "tiny" ? new(name, TestData.PathOf("models", "letters-vocabulary")) : null);

    /// <summary>The same, as the hub would have it: without a card.</summary>
    private static Task<FoundBaseModel?> OfHub(string? name, CancellationToken cancellationToken) =>
        Task.FromResult<FoundBaseModel?>(new($"{name}@{TestHub.Commit}", TestData.PathOf("models", "letters-vocabulary")));

    private static Task<FoundBaseModel?> BuiltIn(string? name, CancellationToken cancellationToken) =>
        Task.FromResult<FoundBaseModel?>(new(BaseModel.BuiltIn, BuiltInBase.Folder));
}
