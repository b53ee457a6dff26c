using CsCheck;
using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.RoundTrip;

/// <summary>Whatever is broken, and whatever the manifest makes of it: a record is an example or left out, and nothing is left out without a finding.</summary>
public sealed class LeftOutTests
{
    private static readonly FindingCode[] Codes = [.. FindingRule.All.Where(rule => !rule.Fixed).Select(rule => rule.Code)];

    /// <summary>A manifest that changes the severity of every code that it may change.</summary>
    private static readonly Gen<DatasetManifest> Manifests = Gen.Int[0, 2].Array[Codes.Length].Select(severities => new DatasetManifest
    {
        TagScheme = TagScheme.IOB2,
        Validation = new() { Severities = Codes.Zip(severities).ToDictionary(pair => DroptuneJson.Word(pair.First), pair => (Severity)pair.Second) },
    });

    /// <summary>Ways to break something a place in it is given of: the last leaves it as it is.</summary>
    private static readonly Gen<Func<string, string>> Edits = Gen.Select(
        Gen.Int[0, 4], Gen.Double.Unit, Gen.Char["\"{}[],:\\\t #=-x0"],
        (kind, place, character) => (Func<string, string>)(text => Edit(text, kind, (int)(place * text.Length), character)));

    /// <summary>A file of one example, in any format.</summary>
    private static readonly Gen<(string Extension, byte[] Content)> Files = Gen.OneOf(
        Gen.Select(Generators.Words, Gen.OneOf([.. Rendering.OfWords]), (examples, format) => (format.Extension, format.Render([examples[0]]))),
        Gen.Select(Generators.Spans, Gen.OneOf([.. Rendering.OfSpans]), (examples, format) => (format.Extension, format.Render([examples[0]]))),
        Gen.Select(Generators.Texts, Gen.OneOf([.. Rendering.OfTexts]), (examples, format) => (format.Extension, format.Render([examples[0]]))));

    [Fact]
    public void CheckAsync_BrokenLines_AreExamplesOrLeftOut() => Gen
        .Select(Generators.Words, Edits.Array[12], Manifests)
        .Sample(
            (examples, edits, manifest) =>
            {
                // The first line is whole: the format is known by it.
                var whole = Encoding.UTF8.GetString(Rendering.OfWords.First(format => format.Extension == "jsonl").Render(examples)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                string[] lines = [whole[0], .. whole.Select((line, i) => edits[i](line))];

                var report = Check(manifest, lines);

                Assert.Equal(lines.Length, Examples(report) + report.LeftOut);
                for (var i = 1; i < lines.Length; i++)
                {
                    var alone = Check(manifest, [whole[0], lines[i]]);
                    Assert.True(alone.LeftOut == 0 || report.Findings.Any(finding => IsReason(finding, i + 1, alone)), $"Nothing says why line {i + 1} is left out: {lines[i]}");
                }
            },
            iter: 100);

    [Fact]
    public void CheckAsync_BrokenFiles_GiveAnExampleOrAFinding() => Gen
        .Select(Gen.Select(Files, Edits).Array[1, 8], Manifests)
        .Sample(
            (broken, manifest) =>
            {
                var files = broken.Select((file, i) => Some.File($"train-{i}.{file.Item1.Extension}", Encoding.Latin1.GetBytes(file.Item2(Encoding.Latin1.GetString(file.Item1.Content)))));

                var report = Some.Report([Some.Manifest(manifest), .. files]).GetAwaiter().GetResult();

                // Of an ignored code only the first is shown, the others are counted.
                var silent = report.Files.Count(file => file.Examples == 0 && !report.Findings.Any(finding => finding.File == file.Name));
                Assert.True(silent <= report.Totals.Where(total => total.Severity == Severity.Ignore).Sum(total => total.Count - 1), JsonSerializer.Serialize(report, DroptuneJson.Readable));
                Assert.True(report.LeftOut <= report.Totals.Sum(total => total.Count));
            },
            iter: 300);

    /// <summary>Whether the finding is at the line, or the one that is shown of an ignored code that leaves the line out.</summary>
    private static bool IsReason(Finding finding, long line, DatasetReport alone) =>
        finding.Line == line || (finding.Severity == Severity.Ignore && alone.Totals.Any(total => total.Code == finding.Code));

    private static string Edit(string text, int kind, int place, char character) => kind switch
    {
        0 => text.Remove(place, 1),
        1 => text.Insert(place, $"{character}"),
        2 => text.Remove(place, 1).Insert(place, $"{character}"),
        3 => text[..Math.Max(place, 1)],
        _ => text,
    };

    private static DatasetReport Check(DatasetManifest manifest, IEnumerable<string> lines) =>
        Some.Report(Some.Manifest(manifest), Some.File("train.jsonl", string.Join('\n', lines))).GetAwaiter().GetResult();

    private static long Examples(DatasetReport report) => report.Counts.Train + report.Counts.Dev + report.Counts.Test;
}
