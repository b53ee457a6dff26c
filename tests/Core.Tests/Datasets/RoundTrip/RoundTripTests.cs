using CsCheck;
using Droptune.Core.Datasets;
using Droptune.Core.Datasets.Snapshots;
using Droptune.Core.Text;

namespace Droptune.Core.Tests.Datasets.RoundTrip;

/// <summary>Whatever format a dataset comes in, its snapshot is the same dataset.</summary>
public sealed class RoundTripTests
{
    private const int Iterations = 60;

    [Fact]
    public void CheckAsync_WordsInAnyFormat_AreTheSameDataset() => Gen
        .Select(Generators.Words, Gen.OneOf([.. Rendering.OfWords]), Gen.OneOf([.. Rendering.Storages]))
        .Sample(
            (examples, format, store) =>
            {
                var isText = format.Extension != "parquet";
                var content = format.Render(examples);

                AssertSame(examples, format.Extension, isText ? store(content) : content, new DatasetManifest { TagScheme = TagScheme.IOB2 });
            },
            iter: Iterations);

    [Fact]
    public void CheckAsync_SpansInAnyFormat_AreTheSameDataset() => Gen
        .Select(Generators.Spans, Gen.OneOf([.. Rendering.OfSpans]), Gen.OneOf([.. Rendering.Storages]))
        .Sample(
            (examples, format, store) =>
                AssertSame(examples, format.Extension, store(format.Render(examples)), new DatasetManifest { SpanUnit = format.Unit }),
            iter: Iterations);

    [Fact]
    public void CheckAsync_TextsInAnyFormat_AreTheSameDataset() => Gen
        .Select(Generators.Texts, Gen.OneOf([.. Rendering.OfTexts]), Gen.OneOf([.. Rendering.Storages]))
        .Sample(
            (examples, format, store) =>
            {
                // Labelling tools cannot say "no entities" apart from "no entity task": an empty list is the same text label.
                var isText = format.Extension != "parquet";
                var content = format.Render(examples);

                AssertSame(examples, format.Extension, isText ? store(content) : content, new DatasetManifest { Task = TaskKind.TextClassification });
            },
            iter: Iterations);

    [Fact]
    public void CheckAsync_LabelListsInAnyFormat_AreTheSameDataset() => Gen
        .Select(Generators.LabelLists, Gen.OneOf([.. Rendering.OfLabelLists]), Gen.OneOf([.. Rendering.Storages]))
        .Sample(
            (examples, format, store) =>
                AssertSame(examples, format.Extension, store(format.Render(examples)), new DatasetManifest { Task = TaskKind.MultiLabelClassification }),
            iter: Iterations);

    private static void AssertSame(IReadOnlyList<Example> examples, string extension, byte[] content, DatasetManifest manifest)
    {
        var folder = Directory.CreateTempSubdirectory("round-trip-").FullName;
        try
        {
            var report = Some.Report(folder, [Some.Manifest(manifest), Some.File("data." + extension, content)]).GetAwaiter().GetResult();
            var snapshot = Enum.GetValues<Split>().SelectMany(split => SnapshotReader.Read(Path.Combine(folder, $"{split.ToString().ToLowerInvariant()}.jsonl.gz"))).ToList();
            var again = Some.Report(null, [Some.Manifest(manifest with { SpanUnit = StringIndexType.Utf16CodeUnit }), .. DatasetFile.FromFolder(folder)]).GetAwaiter().GetResult();

            Assert.Equal(0, report.LeftOut);
            Assert.Equal(Lines(examples), Lines(snapshot));
            Assert.Equal(Lines(examples).Count, again.Counts.Train + again.Counts.Dev + again.Counts.Test);
            if (report.Accepted && again.Accepted)
            {
                Assert.Equal(report.Version, again.Version);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<string> Lines(IEnumerable<Example> examples) =>
        [.. examples.Select(example => JsonSerializer.Serialize(example, DroptuneJson.Compact)).Order(StringComparer.Ordinal)];
}
