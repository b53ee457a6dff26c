using System.IO.Compression;
using Droptune.Core.Text;
using Parquet;
using Parquet.Schema;

namespace Droptune.Core.Tests.Datasets.RoundTrip;

/// <summary>Writes examples the way the tools do that the gate reads from.</summary>
internal static class Rendering
{
    /// <summary>Every way to write words with tags, by file extension.</summary>
    public static readonly IReadOnlyList<(string Extension, Func<IReadOnlyList<Example>, byte[]> Render)> OfWords =
    [
        ("conll", examples => Utf8(string.Concat(examples.Select(e => Label(e) + Lines(e, (token, tag) => $"{token}\t{tag}"))))),
        ("tsv", examples => Utf8("-DOCSTART-\tO\n\n" + string.Concat(examples.Select(e => Label(e) + Lines(e, (token, tag) => $"{token}\tNN\t_\t{tag}"))))),
        ("txt", examples => Utf8(string.Concat(examples.Select(e => Label(e) + Lines(e, (token, tag) => $"{token}  NN {tag}"))))),
        ("jsonl", examples => JsonLines(examples.Select(WordsObject))),
        ("json", examples => JsonArray(examples.Select(WordsObject))),
        ("json", examples => JsonArray(examples.Select(SpacyDocument))),
        ("parquet", ParquetOfWords),
    ];

    /// <summary>Every way to write texts with entities. Offsets count code points where the tool is a Python one.</summary>
    public static readonly IReadOnlyList<(string Extension, StringIndexType? Unit, Func<IReadOnlyList<Example>, byte[]> Render)> OfSpans =
    [
        ("jsonl", StringIndexType.Utf16CodeUnit, examples => JsonLines(examples.Select(e => new { e.Text, e.Entities, e.Label }))),
        ("jsonl", null, examples => JsonLines(examples.Select(e => new { e.Text, Entities = e.Entities!.Select(s => Surface(e, s)), e.Label }))),
        ("jsonl", StringIndexType.UnicodeCodePoint, examples => JsonLines(examples.Select(e => new { e.Text, Entities = e.Entities!.Select((s, i) => new { id = i, label = s.Label, start_offset = Points(e, s.Start), end_offset = Points(e, s.End) }), cats = e.Label is null ? [] : new[] { e.Label } }))),
        ("jsonl", null, examples => JsonLines(examples.Select(e => new { e.Text, spans = PointSpans(e), e.Label, answer = "accept", _input_hash = 1, tokens = new[] { new { text = "x", start = 0, end = 1, id = 0 } } }))),
        ("json", null, examples => JsonArray(examples.Select(e => new { e.Text, ents = PointSpans(e), cats = Scores(e) }))),
        ("json", null, examples => JsonArray(examples.Select(e => new object[] { e.Text!, new { entities = e.Entities!.Select(s => new object[] { Points(e, s.Start), Points(e, s.End), s.Label }), cats = Scores(e) } }))),
        ("json", null, examples => JsonArray(examples.Select(LabelStudioTask))),
    ];

    /// <summary>Every way to write texts with a label.</summary>
    public static readonly IReadOnlyList<(string Extension, Func<IReadOnlyList<Example>, byte[]> Render)> OfTexts =
    [
        ("jsonl", examples => JsonLines(examples.Select(e => new { e.Text, e.Label }))),
        ("json", examples => JsonArray(examples.Select(e => new { id = 1, e.Text, label = new[] { e.Label } }))),
        ("csv", examples => Utf8("text,label\r\n" + string.Concat(examples.Select(e => $"{Quoted(e.Text!)},{Quoted(e.Label!)}\r\n")))),
        ("tsv", examples => Utf8("id\tlabel\ttext\n" + string.Concat(examples.Select((e, i) => $"{i}\t{Quoted(e.Label!)}\t{Quoted(e.Text!)}\n")))),
        ("parquet", ParquetOfTexts),
    ];

    /// <summary>Every way to write texts with several labels.</summary>
    public static readonly IReadOnlyList<(string Extension, Func<IReadOnlyList<Example>, byte[]> Render)> OfLabelLists =
    [
        ("jsonl", examples => JsonLines(examples.Select(e => new { e.Text, e.Labels }))),
        ("json", examples => JsonArray(examples.Select(e => new { id = 1, e.Text, label = e.Labels!.Reverse() }))),
        ("json", examples => JsonArray(examples.Select(e => new { e.Text, label = new { choices = e.Labels } }))),
        ("json", examples => JsonArray(examples.Select(e => new { e.Text, cats = e.Labels!.Append("another").ToDictionary(label => label, label => label == "another" ? 0.1 : 0.9) }))),
        ("json", examples => JsonArray(examples.Select(e => new
        {
            annotations = new[] { new { result = e.Labels!.Count == 0 ? [] : new[] { new { type = "choices", value = new { choices = e.Labels } } } } },
            data = new { text = e.Text },
        }))),
        ("csv", examples => Utf8("text,label\n" + string.Concat(examples.Select(e => $"{Quoted(e.Text!)},{Quoted(string.Join("; ", e.Labels!))}\n")))),
        ("tsv", examples => Utf8("text\tlabels\n" + string.Concat(examples.Select(e => $"{Quoted(e.Text!)}\t{Quoted(JsonSerializer.Serialize(e.Labels, DroptuneJson.Compact))}\n")))),
    ];

    /// <summary>The same file, stored otherwise: with byte order mark, in UTF-16, compressed.</summary>
    public static readonly IReadOnlyList<Func<byte[], byte[]>> Storages =
    [
        content => content,
        content => [0xEF, 0xBB, 0xBF, .. content],
        content => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(content))],
        content => [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(Encoding.UTF8.GetString(content))],
        Gzip,
    ];

    public static byte[] Gzip(byte[] content)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Label(Example example) => example.Label is null ? "" : $"# intent = {example.Label}\n";

    private static string Lines(Example example, Func<string, string, string> line) =>
        string.Concat(example.Tokens!.Zip(example.Tags!, (token, tag) => line(token, tag) + "\n")) + "\n";

    private static byte[] JsonLines(IEnumerable<object> records) =>
        Utf8(string.Concat(records.Select(record => JsonSerializer.Serialize(record, DroptuneJson.Compact) + "\n")));

    private static byte[] JsonArray(IEnumerable<object> records) => JsonSerializer.SerializeToUtf8Bytes(records, DroptuneJson.Readable);

    private static object WordsObject(Example example) => new { example.Tokens, example.Tags, example.Label };

    private static object SpacyDocument(Example example) => new
    {
        id = 0,
        paragraphs = new[]
        {
            new
            {
                raw = string.Join(' ', example.Tokens!),
                sentences = new[] { new { tokens = example.Tokens!.Zip(Biluo(example.Tags!), (orth, ner) => new { orth, ner, tag = "NN" }) } },
                cats = example.Label is null ? [] : new[] { new { label = example.Label, value = 1.0 }, new { label = "another", value = 0.0 } },
            },
        },
    };

    /// <summary>IOB2 as spaCy writes it.</summary>
    private static IEnumerable<string> Biluo(IReadOnlyList<string> tags)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            var goesOn = i + 1 < tags.Count && tags[i + 1].StartsWith("I-", StringComparison.Ordinal);
            yield return (tags[i][0], goesOn) switch
            {
                ('B', false) => "U" + tags[i][1..],
                ('I', false) => "L" + tags[i][1..],
                _ => tags[i],
            };
        }
    }

    private static object Surface(Example example, EntitySpan span) =>
        new { span.Start, span.End, span.Label, text = example.Text![span.Start..span.End] };

    private static IEnumerable<object> PointSpans(Example example) =>
        example.Entities!.Select(span => new { start = Points(example, span.Start), end = Points(example, span.End), label = span.Label });

    private static int Points(Example example, int index) => example.Text![..index].EnumerateRunes().Count();

    private static Dictionary<string, double>? Scores(Example example) => example.Label is null ? null : new() { ["another"] = 0.1, [example.Label] = 0.9 };

    private static object LabelStudioTask(Example example) => new
    {
        id = 1,
        annotations = new[]
        {
            new
            {
                was_cancelled = false,
                result = example.Entities!
                    .Select(span => (object)new { type = "labels", value = new { span.Start, span.End, text = example.Text![span.Start..span.End], labels = new[] { span.Label } } })
                    .Concat(example.Label is null ? [] : [new { type = "choices", value = new { choices = new[] { example.Label } } }]),
            },
        },
        predictions = new[] { new { result = Array.Empty<object>() } },
        data = new { text = example.Text },
    };

    private static string Quoted(string field) => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static byte[] ParquetOfWords(IReadOnlyList<Example> examples)
    {
        var tokens = new ListField("tokens", new DataField<string>("element"));
        var tags = new ListField("tags", new DataField<string>("element"));
        var label = new DataField<string>("label");
        var hasLabels = examples.Any(example => example.Label is not null);
        var schema = hasLabels ? new ParquetSchema(tokens, tags, label) : new ParquetSchema(tokens, tags);
        var starts = (ReadOnlyMemory<int>?)examples.SelectMany(e => e.Tokens!.Select((_, i) => i == 0 ? 0 : 1)).ToArray();
        return Parquet(schema, async (group, fields) =>
        {
            await group.WriteAsync(fields[0], (IReadOnlyCollection<string?>)[.. examples.SelectMany(e => e.Tokens!)], starts);
            await group.WriteAsync(fields[1], (IReadOnlyCollection<string?>)[.. examples.SelectMany(e => e.Tags!)], starts);
            if (hasLabels)
            {
                await group.WriteAsync(fields[2], (IReadOnlyCollection<string?>)[.. examples.Select(e => e.Label)]);
            }
        });
    }

    private static byte[] ParquetOfTexts(IReadOnlyList<Example> examples) =>
        Parquet(new ParquetSchema(new DataField<string>("text"), new DataField<string>("label")), async (group, fields) =>
        {
            await group.WriteAsync(fields[0], (IReadOnlyCollection<string?>)[.. examples.Select(e => e.Text)]);
            await group.WriteAsync(fields[1], (IReadOnlyCollection<string?>)[.. examples.Select(e => e.Label)]);
        });

    /// <summary>Texts with several labels; none is without.</summary>
    public static byte[] ParquetOfLabelLists(IReadOnlyList<Example> examples) =>
        Parquet(new ParquetSchema(new DataField<string>("text"), new ListField("labels", new DataField<string>("element"))), async (group, fields) =>
        {
            await group.WriteAsync(fields[0], (IReadOnlyCollection<string?>)[.. examples.Select(e => e.Text)]);
            await group.WriteAsync(
                fields[1], (IReadOnlyCollection<string?>)[.. examples.SelectMany(e => e.Labels!)],
                (ReadOnlyMemory<int>?)examples.SelectMany(e => e.Labels!.Select((_, i) => i == 0 ? 0 : 1)).ToArray());
        });

    /// <summary>As Hugging Face's datasets write classes: numbers, and their names in the file's metadata.</summary>
    public static byte[] ParquetOfClasses(IReadOnlyList<(string Text, long? Label)> rows, params IReadOnlyList<string> names)
    {
        var metadata = JsonSerializer.Serialize(new { info = new { features = new { label = new { names, _type = "ClassLabel" }, text = new { dtype = "string", _type = "Value" } } } });
        return Parquet(
            new ParquetSchema(new DataField<string>("text"), new DataField<long?>("label")),
            async (group, fields) =>
            {
                await group.WriteAsync(fields[0], (IReadOnlyCollection<string?>)[.. rows.Select(row => row.Text)]);
                await group.WriteAsync<long>(fields[1], (ReadOnlyMemory<long?>)rows.Select(row => row.Label).ToArray());
            },
            new Dictionary<string, string> { ["huggingface"] = metadata });
    }

    public static byte[] Parquet(
        ParquetSchema schema, Func<ParquetRowGroupWriter, DataField[], Task> write, IReadOnlyDictionary<string, string>? metadata = null)
    {
        return WriteAsync().GetAwaiter().GetResult();

        async Task<byte[]> WriteAsync()
        {
            var file = new MemoryStream();
            await using (var writer = await ParquetWriter.CreateAsync(schema, file))
            {
                writer.CustomMetadata = metadata ?? new Dictionary<string, string>();
                using var group = writer.CreateRowGroup();
                await write(group, schema.GetDataFields());
            }

            return file.ToArray();
        }
    }
}
