using CsCheck;
using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.RoundTrip;

/// <summary>Any single corruption of a valid file is an error at its line; noise never crashes the gate or passes it.</summary>
public sealed class CorruptionTests
{
    private const int Records = 30;

    /// <summary>Ways to break one line of JSON Lines.</summary>
    private static readonly (FindingCode Code, Func<string, string> Break)[] LineBreakers =
    [
        (FindingCode.MalformedRecord, line => line[..^1]),
        (FindingCode.MalformedRecord, line => line[1..]),
        (FindingCode.MalformedRecord, line => line.Replace("\"tokens\":", "\"tokens\"", StringComparison.Ordinal)),
        (FindingCode.MalformedRecord, line => line + "}"),
        (FindingCode.MalformedRecord, line => line.Replace("[\"w", "[7,\"w", StringComparison.Ordinal)),
        (FindingCode.MalformedRecord, line => line.Replace("\"w1", "\"\\ud800", StringComparison.Ordinal)),
        (FindingCode.TagCountMismatch, line => line.Replace("\"O\",", "", StringComparison.Ordinal)),
        (FindingCode.UnknownTagForm, line => line.Replace("\"B-", "\"Q-", StringComparison.Ordinal)),
        (FindingCode.IllegalTransition, line => line.Replace("\"B-", "\"I-", StringComparison.Ordinal)),
        (FindingCode.EmptyField, line => line.Replace("\"w1\"", "\"\"", StringComparison.Ordinal)),
        (FindingCode.EmptyField, line => line.Replace("\"label\":\"a\"", "\"label\":\"\"", StringComparison.Ordinal)),
        (FindingCode.MissingLabel, line => line.Replace(",\"label\":\"a\"", "", StringComparison.Ordinal)),
        (FindingCode.MissingTags, line => line.Replace("\"tags\"", "\"tugs\"", StringComparison.Ordinal)),
        (FindingCode.MultipleLabels, line => line.Replace("\"label\":\"a\"", "\"label\":[\"a\",\"b\"]", StringComparison.Ordinal)),
        (FindingCode.BadEncoding, line => line.Replace("w1", "\uDC00", StringComparison.Ordinal)),
    ];

    [Fact]
    public void CheckAsync_OneBrokenJsonLine_IsReportedAtItsLine() => Gen
        .Select(Gen.Int[0, LineBreakers.Length - 1], Gen.Int[0, Records - 1])
        .Sample(
            (breaker, broken) =>
            {
                var lines = Enumerable.Range(0, Records).Select(Line).ToArray();
                lines[broken] = LineBreakers[breaker].Break(Line(broken));
                var content = Latin1Surrogates(string.Join('\n', lines));

                var report = Check("train.jsonl", content);

                AssertReported(report, LineBreakers[breaker].Code, broken + 1);
            },
            iter: 200);

    /// <summary>Ways to break the tagged line of a CoNLL sentence.</summary>
    private static readonly (FindingCode Code, Func<string, string> Break)[] ConllBreakers =
    [
        (FindingCode.MalformedRecord, line => line.Replace("\t", "", StringComparison.Ordinal)),
        (FindingCode.MalformedRecord, line => line + "\tO"),
        (FindingCode.UnknownTagForm, line => line.Replace("B-", "b-", StringComparison.Ordinal)),
        (FindingCode.UnknownTagForm, line => line.Replace("B-", "E-", StringComparison.Ordinal)),
        (FindingCode.IllegalTransition, line => line.Replace("B-", "I-", StringComparison.Ordinal)),
        (FindingCode.EmptyField, line => line[line.IndexOf('\t', StringComparison.Ordinal)..]),
        (FindingCode.BadEncoding, line => "\uDC00" + line),
    ];

    [Fact]
    public void CheckAsync_OneBrokenConllLine_IsReportedAtItsLine() => Gen
        .Select(Gen.Int[0, ConllBreakers.Length - 1], Gen.Int[0, Records - 1], Gen.OneOf("\n", "\r\n"))
        .Sample(
            (breaker, broken, newLine) =>
            {
                var lines = Enumerable.Range(0, Records)
                    .SelectMany(i => new[] { $"Go{i}\tO", i == broken ? ConllBreakers[breaker].Break($"Oslo{i}\tB-city") : $"Oslo{i}\tB-city", "" });
                var content = Latin1Surrogates(string.Join(newLine, lines));

                var report = Check("train.conll", content);

                AssertReported(report, ConllBreakers[breaker].Code, (broken * 3) + 2);
            },
            iter: 200);

    /// <summary>Ways to break one span of a text.</summary>
    private static readonly (FindingCode Code, string Span)[] BrokenSpans =
    [
        (FindingCode.SpanOutOfRange, "{\"start\":3,\"end\":99,\"label\":\"city\"}"),
        (FindingCode.SpanOutOfRange, "{\"start\":-5,\"end\":2,\"label\":\"city\"}"),
        (FindingCode.SpanOutOfRange, "{\"start\":7,\"end\":3,\"label\":\"city\"}"),
        (FindingCode.SpanOutOfRange, "{\"start\":2,\"end\":3,\"label\":\"city\"}"),
        (FindingCode.SpanOutOfRange, "{\"start\":99999999999999,\"end\":999999999999999,\"label\":\"city\"}"),
        (FindingCode.SpanOverlap, "{\"start\":3,\"end\":7,\"label\":\"city\"},{\"start\":3,\"end\":7,\"label\":\"city\"}"),
        (FindingCode.SpanSurfaceMismatch, "{\"start\":3,\"end\":7,\"label\":\"city\",\"text\":\"Rome\"}"),
        (FindingCode.EmptyField, "{\"start\":3,\"end\":7,\"label\":\" \"}"),
        (FindingCode.MalformedRecord, "{\"start\":3,\"end\":7}"),
        (FindingCode.MalformedRecord, "{\"start\":\"3\",\"end\":7,\"label\":\"city\"}"),
        (FindingCode.MalformedRecord, "{\"start\":3.5,\"end\":7,\"label\":\"city\"}"),
        (FindingCode.MalformedRecord, "[3,7]"),
        (FindingCode.MalformedRecord, "7"),
    ];

    [Fact]
    public void CheckAsync_OneBrokenSpan_IsReportedAtItsLine() => Gen
        .Select(Gen.Int[0, BrokenSpans.Length - 1], Gen.Int[0, Records - 1])
        .Sample(
            (breaker, broken) =>
            {
                var lines = Enumerable.Range(0, Records).Select(i =>
                    $"{{\"text\":\"To Oslo {i}\",\"entities\":[{(i == broken ? BrokenSpans[breaker].Span : "{\"start\":3,\"end\":7,\"label\":\"city\"}")}]}}");

                var report = Check("train.jsonl", Rendering.Utf8(string.Join('\n', lines)));

                AssertReported(report, BrokenSpans[breaker].Code, broken + 1);
            },
            iter: 200);

    [Theory]
    [InlineData("text 5", "", FindingCode.EmptyField)]
    [InlineData("", "a", FindingCode.EmptyField)]
    [InlineData("text 5", "a,b", FindingCode.MalformedRecord)]
    [InlineData("te\"xt", "a", FindingCode.MalformedRecord)]
    public void CheckAsync_OneBrokenCsvRow_IsReportedAtItsLine(string text, string label, FindingCode code)
    {
        var rows = Enumerable.Range(0, Records).Select(i => i == 5 ? $"{text},{label}" : $"\"text,\n{i}\",{(i % 2 == 0 ? 'a' : 'b')}");

        var report = Check("train.csv", Rendering.Utf8("text,label\n" + string.Join('\n', rows)));

        AssertReported(report, code, 2 + (5 * 2)); // the rows before it have two lines each
    }

    [Fact]
    public void CheckAsync_UnclosedCsvQuote_IsReportedFromItsLineOn()
    {
        var rows = Enumerable.Range(0, Records).Select(i => i == 5 ? "\"text,a" : $"\"text {i}\",a");

        var report = Check("train.csv", Rendering.Utf8("text,label\n" + string.Join('\n', rows)));

        Assert.Equal(7, report.Findings.First(finding => finding.Code == FindingCode.MalformedRecord).Line);
    }

    [Fact]
    public void CheckAsync_RandomBytes_IsRejected() => Gen
        .Select(Gen.Byte.Array[64, 2000], Gen.OneOf("conll", "txt", "tsv", "jsonl", "json", "csv", "parquet", "jsonl.gz"))
        .Sample((bytes, extension) => Assert.False(Check("train." + extension, bytes).Accepted), iter: 500);

    /// <summary>The library that reads Parquet goes round for ever in such a footer: lists in lists that never end.</summary>
    [Fact]
    public void CheckAsync_ParquetFooterOfNestedLists_IsUnreadable()
    {
        byte[] bytes = [.. "PAR1"u8, .. Enumerable.Repeat((byte)0x19, 4000), .. BitConverter.GetBytes(4000), .. "PAR1"u8];

        var report = Check("train.parquet", bytes);

        Assert.Contains(report.Findings, finding => finding.Code == FindingCode.UnreadableFile);
    }

    /// <summary>Whatever is damaged in a Parquet file, it is read or refused in no time: any part of it, many bytes or one.</summary>
    [Fact]
    public void CheckAsync_ThousandDamagedParquetFiles_EndsWithAVerdict()
    {
        byte[][] whole = [.. new[] { 3, 40 }.Select(rows => Rendering.ParquetOfClasses([.. Enumerable.Range(0, rows).Select(i => ($"text {i}", (long?)(i % 2)))], "a", "b"))];

        Gen.Select(Gen.Int[0, 1], Gen.Int[1, 24], Gen.Int[0, 1_000_000], Gen.Int[0, int.MaxValue]).Sample(
            (which, damages, place, seed) =>
            {
                var bytes = (byte[])whole[which].Clone();
                var random = new Random(seed);
                var start = place % bytes.Length;
                for (var i = 0; i < damages; i++)
                {
                    bytes[Math.Min(bytes.Length - 1, start + random.Next(32))] = (byte)random.Next(256);
                }

                var hasEnded = Task.Run(() => Check("train.parquet", bytes)).Wait(TimeSpan.FromSeconds(10));

                Assert.True(hasEnded, $"No end with {Convert.ToHexString(bytes)}");
            },
            iter: 1000, threads: 1);
    }

    [Fact]
    public void CheckAsync_CutFile_NeverThrows() => Gen
        .Select(Generators.Words, Gen.OneOf([.. Rendering.OfWords]), Gen.OneOf([.. Rendering.Storages]), Gen.Double.Unit)
        .Sample(
            (examples, format, store, part) =>
            {
                var content = store(format.Render(examples));

                var report = Check("data." + format.Extension, content[..(int)(content.Length * part)]);

                Assert.NotNull(report.Version);
            },
            iter: 200);

    private static string Line(int i) =>
        $"{{\"tokens\":[\"w1\",\"to\",\"Oslo{i}\"],\"tags\":[\"O\",\"O\",\"B-city\"],\"label\":\"a\"}}";

    /// <summary>UTF-8, but for lone surrogates, which stand for a byte that is no UTF-8.</summary>
    private static byte[] Latin1Surrogates(string text) =>
        [.. text.Split('\uDC00').Select(Encoding.UTF8.GetBytes).Aggregate((all, next) => [.. all, 0xE9, .. next])];

    private static DatasetReport Check(string name, byte[] content) => Some.Report(Some.File(name, content)).GetAwaiter().GetResult();

    private static void AssertReported(DatasetReport report, FindingCode code, long line)
    {
        Assert.False(report.Accepted);
        Assert.Contains(report.Findings, finding => finding.Code == code && finding.Line == line && finding.Severity == Severity.Error);
        Assert.DoesNotContain(report.Findings, finding => finding.Severity == Severity.Error && finding.Line is { } other && other != line);
    }
}
