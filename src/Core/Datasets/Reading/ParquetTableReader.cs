using System.Globalization;
using System.Text.Json;
using Droptune.Core.Datasets.Sources;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Droptune.Core.Datasets.Reading;

/// <summary>
/// Rows of tokens and tags (lists), or text, and label; a row group at a time. Numbers are turned into the names that
/// Hugging Face's datasets store beside them. Lines in findings are rows.
/// </summary>
internal sealed class ParquetTableReader : IDatasetReader
{
    private readonly FileStream _file;
    private readonly ParquetReader _reader;
    private readonly Column? _tokens;
    private readonly Column? _tags;
    private readonly Column? _text;
    private readonly Column? _label;
    private readonly Utf8List _tagRow = new();
    private int _group;
    private long _rowsLeft;
    private long _row;

    public ParquetTableReader(Stream source, DatasetManifest manifest)
    {
        // The format is read from its end: it needs a file of its own.
        _file = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            Copy(source, _file, manifest.Validation.MaxFileBytes);
            _reader = Call(() => ParquetReader.CreateAsync(_file));
            var names = ClassNames(_reader);
            _tokens = FindColumn(names, "tokens");
            _tags = FindColumn(names, "tags", "ner_tags");
            _text = _tokens is null ? FindColumn(names, manifest.TextColumn) : null;
            _label = FindColumn(names, manifest.LabelColumn);
            if (_tokens is null && _text is null)
            {
                throw new UnreadableFileException(FindingCode.MissingField,
                    $"There is no column 'tokens' or '{manifest.TextColumn}', but {string.Join(", ", _reader.Schema.Fields.Select(f => f.Name).Take(20))}: name the right one as textColumn in dataset.json.");
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

            using var group = _reader.OpenRowGroupReader(_group++);
            _rowsLeft = group.RowCount;
            foreach (var column in new[] { _tokens, _tags, _text, _label })
            {
                column?.Load(group);
            }
        }

        _rowsLeft--;
        record.Clear();
        record.Line = ++_row;
        record.Source = default;
        _tagRow.Clear();
        (record.HasTokens, record.HasTags) = (_tokens is not null, _tags is not null);
        _tokens?.ReadRow(record.Tokens);
        _text?.ReadRow(record.Text);
        _label?.ReadRow(record.Labels);
        _tags?.ReadRow(_tagRow);
        for (var i = 0; i < _tagRow.Count; i++)
        {
            record.Tags.Add(_tagRow[i], 0);
        }

        return true;
    }

    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }

    private Column? FindColumn(IReadOnlyDictionary<string, string[]> names, params ReadOnlySpan<string> columns)
    {
        foreach (var name in columns)
        {
            var field = _reader.Schema.DataFields.FirstOrDefault(field => field.Path.FirstPart == name);
            if (field is not null)
            {
                return new Column(field, names.GetValueOrDefault(name));
            }
        }

        return null;
    }

    private static void Copy(Stream source, FileStream file, long maxBytes)
    {
        var buffer = new byte[1 << 16];
        int read;
        while ((read = source.Read(buffer)) > 0)
        {
            file.Write(buffer, 0, read);
            if (file.Length > maxBytes)
            {
                throw new UnreadableFileException(FindingCode.FileTooLarge, $"The file has more than {maxBytes} bytes.");
            }
        }

        file.Position = 0;
    }

    /// <summary>The names of numbered classes, by column, as Hugging Face's datasets write them.</summary>
    private static Dictionary<string, string[]> ClassNames(ParquetReader reader)
    {
        var names = new Dictionary<string, string[]>();
        if (!reader.CustomMetadata.TryGetValue("huggingface", out var json))
        {
            return names;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var feature in document.RootElement.GetProperty("info").GetProperty("features").EnumerateObject())
            {
                var type = feature.Value.TryGetProperty("feature", out var inner) ? inner : feature.Value;
                if (type.ValueKind == JsonValueKind.Object && type.TryGetProperty("names", out var list))
                {
                    names[feature.Name] = [.. list.EnumerateArray().Select(name => name.GetString() ?? "")];
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Metadata of another tool: the numbers stay numbers.
        }

        return names;
    }

    /// <summary>Runs the library's code: whatever it throws on a damaged file is a finding.</summary>
    private static T Call<T>(Func<Task<T>> read)
    {
        try
        {
            return read().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not UnreadableFileException)
        {
            // The messages of damaged files are about offsets and buffers: they help nobody.
            var reason = e is NotSupportedException ? e.Message : "it is damaged or incomplete.";
            throw new UnreadableFileException(FindingCode.UnreadableFile, $"The Parquet file cannot be read: {reason}");
        }
    }

    /// <summary>The values of a column in the current row group, strings or the numbers of named classes.</summary>
    private sealed class Column(DataField field, string[]? names)
    {
        private string?[] _values = []; // one a level entry; null = no value
        private int[]? _repetition; // 0 = the entry begins a row; null = every entry is one
        private int _next;

        public void Load(ParquetRowGroupReader group)
        {
            using var raw = Call(() => group.ReadRawColumnDataBaseAsync(field).AsTask());
            var present = raw switch
            {
                RawColumnData<ReadOnlyMemory<char>> text => text.Values.ToArray().Select(value => value.ToString()),
                RawColumnData<long> numbers => numbers.Values.ToArray().Select(NameOf),
                RawColumnData<int> numbers => numbers.Values.ToArray().Select(number => NameOf(number)),
                _ => throw new UnreadableFileException(FindingCode.UnreadableFile, $"Column '{field.Name}' is neither text nor whole numbers."),
            };
            using var value = present.GetEnumerator();
            _values = field.MaxDefinitionLevel == 0
                ? [.. present]
                : [.. raw.DefinitionLevels.ToArray().Select(level => level == field.MaxDefinitionLevel && value.MoveNext() ? value.Current : null)];
            _repetition = field.MaxRepetitionLevel == 0 ? null : raw.RepetitionLevels.ToArray();
            _next = 0;
        }

        public void ReadRow(Utf8List row)
        {
            do
            {
                if (_next < _values.Length && _values[_next] is { } value)
                {
                    row.Add(value);
                }

                _next++;
            }
            while (_repetition is not null && _next < _repetition.Length && _repetition[_next] > 0);
        }

        private string NameOf(long number) => names is not null && number >= 0 && number < names.Length
            ? names[number]
            : number.ToString(CultureInfo.InvariantCulture);
    }
}
