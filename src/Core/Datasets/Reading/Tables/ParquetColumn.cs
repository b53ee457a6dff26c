using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;
using Parquet;
using Parquet.Data;
using Parquet.Schema;

namespace Droptune.Core.Datasets.Reading.Tables;

/// <summary>The values of a column in the current row group, strings or the numbers of named classes.</summary>
/// <param name="field">What is read.</param>
/// <param name="list">The list that the values are in; null = each row has one value.</param>
/// <param name="names">Of the classes that numbers stand for.</param>
internal sealed class ParquetColumn(DataField field, ListField? list, string[]? names)
{
    // How much of a row is there, from the outside in: below this level not even the list, at it an empty list (or the one value), above
    // it elements, at the highest with a value.
    private readonly int _level = field.MaxRepetitionLevel == 0 ? field.MaxDefinitionLevel : (list ?? (Field)field).MaxDefinitionLevel - 1;
    private string?[] _values = []; // one a level entry; null = no value
    private int[]? _levels; // of each entry; null = all have a value
    private int[]? _repetition; // 0 = the entry begins a row; null = every entry is one
    private int _next;

    /// <summary>Of the column, a list's or struct's as a whole.</summary>
    public string Name => @field.Path.FirstPart!;

    /// <summary>Whether the next row has a list, if only an empty one.</summary>
    public bool HasList => _repetition is not null && IsThere;

    /// <summary>Whether the next row has a value, or a list, if only an empty one.</summary>
    public bool IsThere => _next < _values.Length && (_levels is null || _levels[_next] >= _level);

    /// <summary>Rows of the current group.</summary>
    public int Rows => _repetition?.Count(repetition => repetition == 0) ?? _values.Length;

    public void Load(ParquetRowGroupReader group, ParquetFile file)
    {
        file.Begin(ParquetTableReader.Call(() => Task.FromResult(group.GetMetadata(field)?.MetaData?.NumValues ?? 0)));
        using var raw = ParquetTableReader.Call(() => group.ReadRawColumnDataBaseAsync(field).AsTask());
        var present = raw switch
        {
            RawColumnData<ReadOnlyMemory<char>> text => text.Values.ToArray().Select(value => value.ToString()),
            RawColumnData<long> numbers => numbers.Values.ToArray().Select(NameOf),
            RawColumnData<int> numbers => numbers.Values.ToArray().Select(number => NameOf(number)),
            _ => throw new UnreadableFileException(FindingCode.UnreadableFile, $"Column '{field.Name}' is neither text nor whole numbers."),
        };

        // A list without an element is not the same as one whose element has no value: that one is empty, and so reported.
        using var value = present.GetEnumerator();
        _levels = field.MaxDefinitionLevel == 0 ? null : raw.DefinitionLevels.ToArray();
        _values = _levels is null
            ? [.. present]
            : [.. _levels.Select(level => level == field.MaxDefinitionLevel && value.MoveNext() ? value.Current : level > _level ? "" : null)];
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
