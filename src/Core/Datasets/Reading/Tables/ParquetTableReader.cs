using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Json;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;
using Parquet;
using Parquet.Schema;

namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>
/// Rows of tokens and tags (lists), or text, and label; a row group at a time. Numbers are turned into the names that
/// Hugging Face's datasets store beside them. Lines in findings are rows.
/// </summary>
internal sealed class ParquetTableReader : IDatasetReader
{
    private readonly FindingLog _log;
    private readonly ParquetFile _file;
    private readonly ParquetReader _reader;
    private readonly DataField[] _fields;
    private readonly ParquetColumn? _tokens;
    private readonly ParquetColumn? _tags;
    private readonly ParquetColumn? _text;
    private readonly ParquetColumn? _label;
    private readonly ParquetColumn?[] _spans; // start, end, label
    private readonly Utf8List _spanRow = new();
    private readonly Utf8List _tagRow = new();
    private int _group;
    private long _rowsLeft;
    private long _row;

    public ParquetTableReader(string fileName, Stream source, FindingLog log, DatasetManifest manifest, ClassNames beside)
    {
        _log = log;
        _file = ParquetFile.CopyOf(source, manifest.Validation.MaxFileBytes);
        try
        {
            ParquetFooter.Check(_file);
            _reader = Call(() => ParquetReader.CreateAsync(_file));
            // Made when they are asked for.
            _fields = Call(() => Task.FromResult(_reader.Schema.DataFields));
            var names = NamesOf(Call(() => Task.FromResult(_reader.CustomMetadata)));
            foreach (var name in _fields.Where(IsNumber).Select(field => field.Path.FirstPart).OfType<string>())
            {
                if (beside.Of(name) is { } list)
                {
                    names.TryAdd(name, list);
                }
            }

            _tokens = FindColumn(names, "tokens", "words");
            _tags = _tokens is null ? null : manifest.TagColumn is { } stated ? FindColumn(names, stated) : FindColumn(names, "tags", "ner_tags") ?? FindList(names, "labels");
            _spans = _tags is null ? FindSpans() : [];
            _text = FindColumn(names, manifest.TextColumn);
            (_tokens, _text) = _tags is null && _text is not null ? (null, _text) : (_tokens, _tokens is null ? _text : null); // entities are of the text
            _label = FindColumn(names, manifest.LabelColumn) ?? (_tokens is null ? FindColumn(names, "labels") : null) ?? FindColumn(names, "intent");
            NoteUnread(fileName, log, [manifest.TextColumn, manifest.LabelColumn]);
            if (_tokens is null && _text is null)
            {
                throw new UnreadableFileException(FindingCode.MissingField,
                    $"There is no column 'tokens' or '{manifest.TextColumn}', but {string.Join(", ", _fields.Select(field => field.Path.FirstPart).Distinct().Take(20))}: name the right one as textColumn in dataset.json.");
            }
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    public string Format => "Parquet";

    public bool Read(Record record)
    {
        while (_rowsLeft == 0)
        {
            if (_group == _reader.RowGroupCount)
            {
                return false;
            }

            using var group = Call(() => Task.FromResult(_reader.OpenRowGroupReader(_group++)));
            _rowsLeft = Call(() => Task.FromResult(group.RowCount));
            foreach (var column in new[] { _tokens, _tags, _text, _label }.Concat(_spans))
            {
                column?.Load(group, _file);
                if (column is not null && column.Rows != _rowsLeft)
                {
                    throw ParquetFooter.Damaged();
                }
            }
        }

        _rowsLeft--;
        record.Start(++_row);
        _tagRow.Clear();
        (record.HasTokens, record.HasTags) = (_tokens is not null, _tags is { IsThere: true });
        _tokens?.ReadRow(record.Tokens);
        _text?.ReadRow(record.Text);
        ReadLabels(record);
        _tags?.ReadRow(_tagRow);
        for (var i = 0; i < _tagRow.Count; i++)
        {
            record.Tags.Add(_tagRow[i], 0);
        }

        ReadSpans(record);

        return true;
    }

    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }

    private void ReadLabels(Record record)
    {
        record.HasLabelList = _label is { HasList: true };
        _label?.ReadRow(record.Labels);
    }

    private void ReadSpans(Record record)
    {
        if (_spans.Length == 0)
        {
            return;
        }

        record.HasSpans = Array.Exists(_spans, column => column!.IsThere);
        var (starts, ends) = (Numbers(_spans[0]!), Numbers(_spans[1]!));
        _spans[2]!.ReadRow(record.SpanStrings);
        if (starts.Count != ends.Count || starts.Count != record.SpanStrings.Count)
        {
            _log.LeaveOut(FindingCode.MalformedRecord, record, $"An entity lacks its start, end or label.");
            return;
        }

        for (var i = 0; i < starts.Count; i++)
        {
            record.Spans.Add(new RawSpan(starts[i], ends[i], i, -1, 0));
        }
    }

    private List<long> Numbers(ParquetColumn column)
    {
        _spanRow.Clear();
        column.ReadRow(_spanRow);
        var numbers = new List<long>();
        for (var i = 0; i < _spanRow.Count; i++)
        {
            numbers.Add(long.TryParse(_spanRow[i], CultureInfo.InvariantCulture, out var number) ? number : -1);
        }

        return numbers;
    }

    /// <summary>The columns of a list of spans: start, end, label; empty where there is none.</summary>
    private ParquetColumn?[] FindSpans()
    {
        foreach (var name in (string[])["entities", "spans", "annotations"])
        {
            var columns = from part in (string[])["start", "end", "label"]
                          select _fields.FirstOrDefault(field => field.Path.FirstPart == name && field.Name == part);
            if (columns.ToList() is [{ } start, { } end, { } label])
            {
                return [ColumnOf(start), ColumnOf(end), ColumnOf(label)];
            }
        }

        return [];
    }

    private ParquetColumn ColumnOf(DataField field, string[]? names = null) =>
        new(field, _reader.Schema.Fields.FirstOrDefault(root => root.Name == field.Path.FirstPart) as ListField, names);

    private static bool IsNumber(DataField field) => field.ClrType == typeof(long) || field.ClrType == typeof(int) || field.ClrType == typeof(short) || field.ClrType == typeof(sbyte) || field.ClrType == typeof(byte);

    private ParquetColumn? FindList(IReadOnlyDictionary<string, string[]> names, string name) =>
        _fields.Any(field => field.Path.FirstPart == name && field.MaxRepetitionLevel > 0) ? FindColumn(names, name) : null;

    private void NoteUnread(string fileName, FindingLog log, string[] read)
    {
        var (unread, record) = (new UnreadAnnotations(log), new Record(fileName));
        var lists = new[] { _tokens, _tags, _label }.Concat(_spans).OfType<ParquetColumn>().Select(column => column.Name).ToHashSet();
        foreach (var name in _fields.Select(field => field.Path.FirstPart!).Distinct().Where(name => UnreadAnnotations.IsName(name) && !read.Contains(name) && !lists.Contains(name)))
        {
            unread.Note(record, name);
        }
    }

    private ParquetColumn? FindColumn(IReadOnlyDictionary<string, string[]> names, params ReadOnlySpan<string> columns)
    {
        foreach (var name in columns)
        {
            var field = _fields.FirstOrDefault(field => field.Path.FirstPart == name);
            if (field is not null)
            {
                return ColumnOf(field, names.GetValueOrDefault(name));
            }
        }

        return null;
    }

    /// <summary>The names of numbered classes, by column, as Hugging Face's datasets write them.</summary>
    private static Dictionary<string, string[]> NamesOf(Dictionary<string, string> metadata)
    {
        var names = new Dictionary<string, string[]>();
        if (metadata.GetValueOrDefault("huggingface") is not { } json) // a damaged file can have the key alone
        {
            return names;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            ClassNames.Add(names, document.RootElement.GetProperty("info").GetProperty("features"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Metadata of another tool: the numbers stay numbers.
        }

        return names;
    }

    /// <summary>Runs the library's code: whatever it throws on a damaged file is a finding.</summary>
    public static T Call<T>(Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not UnreadableFileException)
        {
            // The messages of damaged files are about offsets and buffers: they help nobody.
            throw e is NotSupportedException
                ? new UnreadableFileException(FindingCode.UnreadableFile, $"The Parquet file cannot be read: {e.Message}")
                : ParquetFooter.Damaged();
        }
    }
}
