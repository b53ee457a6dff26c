using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Text;

namespace Droptune.Core.Tests.Datasets.Checking;

/// <summary>Offsets in UTF-16 units and code points, ends exclusive and inclusive, on texts where it matters.</summary>
public sealed class SpanOffsetsTests : IDisposable
{
    // The family emoji has 8 UTF-16 units and 5 code points; "é" is two of each, a letter and its mark.
    private const string Text = "👩‍👩‍👧 nach Ko\u0308ln, bitte 😀";
    private const string City = "Ko\u0308ln";
    private readonly string _folder = Directory.CreateTempSubdirectory("offsets-").FullName;

    private static int Utf16Start => Text.IndexOf(City, StringComparison.Ordinal);

    private static int PointStart => Text[..Utf16Start].EnumerateRunes().Count();

    public static TheoryData<int, int> Conventions => new()
    {
        { Utf16Start, Utf16Start + City.Length },
        { PointStart, PointStart + City.Length },
        { Utf16Start, Utf16Start + City.Length - 1 },
        { PointStart, PointStart + City.Length - 1 },
    };

    [Theory]
    [MemberData(nameof(Conventions))]
    public async Task Surface_AnyConvention_ShowsIt(int start, int end)
    {
        var report = await CheckAsync($$"""{"start":{{start}},"end":{{end}},"label":"city","text":"{{City}}"}""", new DatasetManifest());

        Assert.Equal(0, report.LeftOut);
        Assert.Equal([new EntitySpan(Utf16Start, Utf16Start + City.Length, "city")], Snapshot().Entities);
    }

    [Fact]
    public async Task Surface_OfAnEarlierRecord_HoldsForTheFile()
    {
        var shown = $$"""{"text":"{{Text}}","entities":[{"start":{{PointStart}},"end":{{PointStart + City.Length}},"label":"city","text":"{{City}}"}]}""";
        var bare = """{"text":"😀 Oslo","entities":[[2,6,"city"]]}""";

        var report = await Some.Report(_folder, [Some.File("train.jsonl", shown + "\n" + bare), .. Others]);

        Assert.Equal(0, report.LeftOut);
        Assert.Equal([new EntitySpan(3, 7, "city")], SnapshotReader.Read(Path.Combine(_folder, "train.jsonl.gz")).Last().Entities);
    }

    [Theory]
    [InlineData(StringIndexType.Utf16CodeUnit, SpanEnd.Exclusive)]
    [InlineData(StringIndexType.UnicodeCodePoint, SpanEnd.Exclusive)]
    [InlineData(StringIndexType.Utf16CodeUnit, SpanEnd.Inclusive)]
    [InlineData(StringIndexType.UnicodeCodePoint, SpanEnd.Inclusive)]
    public async Task Manifest_AnyConvention_Holds(StringIndexType unit, SpanEnd end)
    {
        var start = unit == StringIndexType.Utf16CodeUnit ? Utf16Start : PointStart;
        var last = start + City.Length - (end == SpanEnd.Inclusive ? 1 : 0);

        var report = await CheckAsync($"[{start},{last},\"city\"]", new DatasetManifest { SpanUnit = unit, SpanEnd = end });

        Assert.Equal(0, report.LeftOut);
        Assert.Equal([new EntitySpan(Utf16Start, Utf16Start + City.Length, "city")], Snapshot().Entities);
    }

    [Fact]
    public async Task NoEvidence_BehindAnEmoji_IsAmbiguous()
    {
        var report = await CheckAsync($"[{PointStart},{PointStart + City.Length},\"city\"]", new DatasetManifest());

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.SpanOffsetsAmbiguous);
    }

    [Fact]
    public async Task NoEvidence_BeforeTheFirstEmoji_IsClear()
    {
        var report = await Some.Report(_folder, [Some.File("train.jsonl", """{"text":"Köln 😀","entities":[[0,4,"city"]]}"""), .. Others]);

        Assert.Equal(0, report.LeftOut);
        Assert.Equal([new EntitySpan(0, 4, "city")], Snapshot().Entities);
    }

    [Theory]
    [InlineData("Berlin-Mitte", 0, 6, false)] // punctuation divides words
    [InlineData("Berliner", 0, 6, true)]
    [InlineData("我在北京工作", 2, 4, false)] // every CJK character is a word
    [InlineData("Ko\u0308ln", 0, 2, true)] // between a letter and its mark
    [InlineData("$500", 1, 4, false)]
    [InlineData("B2B", 0, 1, false)] // a digit divides, where a label needs it
    public async Task Border_InsideAWord_IsFound(string text, int start, int end, bool cuts)
    {
        var report = await Some.Report(_folder, [Some.File("train.jsonl", $$"""{"text":"{{text}}","entities":[[{{start}},{{end}},"x"]]}"""), .. Others]);

        Assert.Equal(cuts, report.Findings.Any(finding => finding.Code == FindingCode.SpanCutsWord));
    }

    [Fact]
    public async Task CutWord_WhereOthersCutNone_IsWidened()
    {
        await Some.Report(_folder, [Some.File("train.jsonl", """{"text":"Nach Bernburg!","entities":[[5,9,"city"]]}"""), .. Others]);

        Assert.Equal([new EntitySpan(5, 13, "city")], Snapshot().Entities);
    }

    [Fact]
    public async Task CutWord_ThatAnotherSpanHas_IsLeftOut()
    {
        var others = string.Concat(Enumerable.Range(0, 50).Select(i => $$"""{"text":"Bernburg {{i}}!","entities":[[0,8,"city"]]}""" + "\n"));
        var report = await Some.Report(_folder, [Some.File("train.jsonl", others + """{"text":"Nach Bernburg!","entities":[[5,8,"animal"],[9,13,"castle"]]}"""), .. Others]);

        Assert.True(report.Accepted);
        Assert.Equal([new EntitySpan(5, 13, "animal")], SnapshotReader.Read(Path.Combine(_folder, "train.jsonl.gz")).Last().Entities);
        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.SpanCutsWord && finding.Message.Contains("left out", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static DatasetFile[] Others => [Some.File("dev.jsonl", """{"text":"Rom","entities":[]}"""), Some.File("test.jsonl", """{"text":"Ulm","entities":[]}""")];

    private Task<DatasetReport> CheckAsync(string span, DatasetManifest manifest) =>
        Some.Report(_folder, [Some.Manifest(manifest), Some.File("train.jsonl", $$"""{"text":"{{Text}}","entities":[{{span}}]}"""), .. Others]);

    private Example Snapshot() => SnapshotReader.Read(Path.Combine(_folder, "train.jsonl.gz")).First();
}
