using Droptune.Core.Datasets;
using Droptune.Core.Tests.Datasets.RoundTrip;
using Parquet;
using Parquet.Schema;

namespace Droptune.Core.Tests.Datasets.Reading.Tables;

/// <summary>Lists in Parquet columns: one that is null is missing, an empty one says that there are none, and no element is lost.</summary>
public sealed class ParquetListsTests
{
    private static readonly DatasetFile Several = Some.File("dataset.json", """{"task": "multi-label-classification"}""");

    [Fact]
    public async Task CheckAsync_NullAndEmptyLabels_AreMissingAndNone()
    {
        var file = Texts(Strings("labels", ["late", "rude"], [], null, ["late"]));

        var report = await Some.Report(Several, file);
        var examples = await Some.Examples(Several, Texts(Strings("labels", ["late", "rude"], [], ["late"])));

        Assert.Equal([(FindingCode.MissingLabel, 3L)], Faults(report));
        Assert.Equal(["late rude", "", "late"], examples.Select(e => string.Join(' ', e.Example.Labels!)));
    }

    [Fact]
    public async Task CheckAsync_EmptyLabelsWithoutANullableList_AreNone()
    {
        var plain = new Column(new DataField("labels", typeof(string), isArray: true), [("late", 1, 0), ("rude", 1, 1), (null, 0, 0)]);

        var examples = await Some.Examples(Several, Texts(plain));

        Assert.Equal(["late rude", ""], examples.Select(e => string.Join(' ', e.Example.Labels!)));
    }

    [Fact]
    public async Task CheckAsync_LabelWithoutAValue_IsBlank()
    {
        var report = await Some.Report(Several, Texts(Strings("labels", ["late", null], ["late"], [])));

        Assert.Equal([(FindingCode.EmptyField, 1L)], Faults(report));
        Assert.Equal(1, report.LeftOut);
    }

    [Fact]
    public async Task CheckAsync_NullAndEmptyLabelsWhereOneIsLearnt_AreBothMissing()
    {
        var report = await Some.Report(Texts(Strings("labels", ["late"], [], null, ["fine"])));

        Assert.Equal([(FindingCode.MissingLabel, 2L), (FindingCode.MissingLabel, 3L)], Faults(report));
    }

    [Fact]
    public async Task CheckAsync_NullAndEmptyEntities_AreMissingAndNone()
    {
        var report = await Some.Report(Texts(Entities([(0, 4, "word")], [], null)));
        var examples = await Some.Examples(Texts(Entities([(0, 4, "word")], [])));

        Assert.Equal([(FindingCode.MissingTags, 3L)], Faults(report));
        Assert.Equal(["word: text", ""], examples.Select(e => string.Join(' ', Some.Entities(e.Example))));
    }

    [Theory]
    [InlineData(Whole, null, FindingCode.EmptyField)]
    [InlineData(0, null, FindingCode.EmptyField)]
    [InlineData(null, "word", FindingCode.SpanOutOfRange)]
    public async Task CheckAsync_EntityWithoutAValue_IsLeftOut(int? start, string? label, FindingCode code)
    {
        var report = await Some.Report(Texts(Entities([(0, 4, "word"), (start, 4, label)], [(0, 4, "word")])));

        Assert.Equal([(code, 1L)], Faults(report));
        Assert.Equal(1, report.LeftOut);
    }

    [Fact]
    public async Task CheckAsync_OneEntityThatIsNoList_LacksNothingUnsaid()
    {
        var entity = new StructField("entities", new DataField<long?>("start"), new DataField<long?>("end"), new DataField<string>("label"));
        Column[] columns =
        [
            new(entity.Fields[0], [(0L, 2, 0), (0L, 2, 0)]), new(entity.Fields[1], [(4L, 2, 0), (4L, 2, 0)]), new(entity.Fields[2], [("word", 2, 0), (null, 1, 0)]),
        ];

        var report = await Some.Report(Texts(entity, columns));

        Assert.Equal([(FindingCode.MalformedRecord, 2L)], Faults(report));
    }

    [Theory]
    [InlineData(false, FindingCode.MissingTags)]
    [InlineData(true, FindingCode.TagCountMismatch)]
    public async Task CheckAsync_NullAndEmptyTags_AreMissingAndTooFew(bool isEmpty, FindingCode code)
    {
        var (tokens, tags) = (Strings("tokens", ["Rome", "is"], ["Oslo"]), Strings("tags", ["B-city", "O"], isEmpty ? [] : null));

        var report = await Some.Report(File([tokens.Field, tags.Field], [tokens, tags]));

        Assert.Equal([(code, 2L)], Faults(report));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CheckAsync_NullAndEmptyTokens_AreEmpty(bool isEmpty)
    {
        var (tokens, tags) = (Strings("tokens", ["Rome", "is"], isEmpty ? [] : null), Strings("tags", ["B-city", "O"], []));

        var report = await Some.Report(File([tokens.Field, tags.Field], [tokens, tags]));

        Assert.Equal([(FindingCode.EmptyField, 2L)], Faults(report));
        Assert.Equal(1, report.LeftOut);
    }

    private const int Whole = -1; // the entity itself has no value

    private static IEnumerable<(FindingCode Code, long Line)> Faults(DatasetReport report) =>
        report.Findings.Where(finding => finding is { Severity: Severity.Error, Line: not null }).Select(finding => (finding.Code, finding.Line!.Value));

    /// <summary>A column of lists of strings.</summary>
    private static Column Strings(string name, params IReadOnlyList<string?>?[] rows) =>
        new(new ListField(name, new DataField<string>("element")), Levels(rows, (string? value) => value is null ? (null, 2) : (value, 3)));

    /// <summary>The columns of lists of entities.</summary>
    private static (ListField List, Column[] Columns) Entities(params IReadOnlyList<(int? Start, int End, string? Label)>?[] rows)
    {
        var (start, end, label) = (new DataField<long?>("start"), new DataField<long?>("end"), new DataField<string>("label"));
        return (new ListField("entities", new StructField("element", start, end, label)),
        [
            new(start, Levels(rows, entity => entity.Start switch { Whole => (null, 2), null => (null, 3), { } at => (at, 4) })),
            new(end, Levels(rows, entity => entity.Start == Whole ? (null, 2) : (entity.End, 4))),
            new(label, Levels(rows, entity => entity.Start == Whole ? (null, 2) : entity.Label is null ? (null, 3) : (entity.Label, 4))),
        ]);
    }

    /// <summary>As Parquet keeps lists: null is level 0, an empty one 1, and what stands first in a row has repetition 0.</summary>
    private static (object? Value, int Level, int Repetition)[] Levels<T>(IReadOnlyList<T>?[] rows, Func<T, (object? Value, int Level)> entry) =>
        [.. rows.SelectMany(row => row is null or [] ? [((object?)null, row is null ? 0 : 1, 0)] : row.Select((value, i) => (entry(value).Value, entry(value).Level, i == 0 ? 0 : 1)))];

    private static DatasetFile Texts(Column column) => Texts(column.Field, column);

    private static DatasetFile Texts((ListField List, Column[] Columns) entities) => Texts(entities.List, entities.Columns);

    /// <summary>A file of texts beside other columns.</summary>
    private static DatasetFile Texts(Field field, params Column[] columns)
    {
        var rows = columns[0].Entries.Count(entry => entry.Repetition == 0);
        var text = new DataField<string>("text");
        return File([text, field], [new(text, [.. Enumerable.Range(1, rows).Select(row => ((object?)$"text {row}", 1, 0))]), .. columns]);
    }

    private static DatasetFile File(Field[] fields, Column[] columns) => Some.File("train.parquet", Rendering.Parquet(new ParquetSchema(fields), async (group, leaves) =>
    {
        foreach (var (leaf, column) in leaves.Zip(columns))
        {
            await column.WriteAsync(group, leaf);
        }
    }));

    /// <summary>A column with its entries, each at its levels.</summary>
    private sealed record Column(Field Field, (object? Value, int Level, int Repetition)[] Entries)
    {
        public async Task WriteAsync(ParquetRowGroupWriter group, DataField leaf)
        {
            int[] levels = [.. Entries.Select(entry => entry.Level)];
            ReadOnlyMemory<int>? repetition = leaf.MaxRepetitionLevel == 0 ? null : Entries.Select(entry => entry.Repetition).ToArray();
            var values = Entries.Select(entry => entry.Value).OfType<object>();
            if (leaf.ClrType != typeof(long))
            {
                await group.WriteAllPartsAsync<ReadOnlyMemory<char>>(leaf, values.Select(value => ((string)value).AsMemory()).ToArray(), levels, repetition, TestContext.Current.CancellationToken);
            }
            else
            {
                await group.WriteAllPartsAsync<long>(leaf, values.Select(Convert.ToInt64).ToArray(), levels, repetition, TestContext.Current.CancellationToken);
            }
        }
    }
}
