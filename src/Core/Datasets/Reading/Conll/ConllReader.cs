using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Reading.Lines;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Datasets.Sources;

namespace Droptune.Core.Datasets.Reading.Conll;

/// <summary>
/// One token a line, columns split by tabs or spaces, the tag in the last one or where the manifest says; a blank line ends a sentence;
/// <c># label = X</c> or <c># intent = X</c> gives the sentence a label, and a blank one says that none of several holds; any other
/// <c># name = value</c> is a comment.
/// </summary>
internal sealed class ConllReader(PeekStream source, FindingLog log, DatasetManifest manifest) : IDatasetReader
{
    private readonly ConllShape _shape = ConllShape.Of(source.Head, manifest);
    private readonly LineReader _lines = new(source, manifest.Validation.MaxRecordBytes);
    private readonly BracketTags _brackets = new();
    private int _columns; // of the first token line; 0 before it

    public string Format => "CoNLL";

    public string? TagHint => _shape.Hint;

    public bool Read(Record record)
    {
        bool more;
        do
        {
            Start(record);
            more = ReadSentence(record);
            if (_lines.IsTooLarge)
            {
                log.LeaveOut(FindingCode.RecordTooLarge, record,
                    $"A sentence of more than {manifest.Validation.MaxRecordBytes} bytes: is there a blank line between sentences?");
            }
            else if (log.IsLeftOut(record))
            {
                continue;
            }
            else if (record.Tokens.Count > 0)
            {
                (record.HasTokens, record.HasTags, record.Source) = (true, true, _lines.Record);
                if (manifest.HasSeveralLabels() && record.Labels.Count == 1 && record.Labels[0].IsEmpty)
                {
                    record.HasLabelList = true;
                    record.Labels.Clear();
                }

                return true;
            }
            else if (record.Labels.Count > 0)
            {
                log.LeaveOut(FindingCode.EmptyField, record, $"The label {record.Labels[0]} has no sentence behind it.");
            }
        }
        while (more);

        return false;
    }

    public void Dispose() => _lines.Dispose();

    private void Start(Record record)
    {
        _lines.StartRecord();
        record.Start(_lines.RecordLine);
        _brackets.Start();
        _columns = _shape.HasBrackets ? 0 : _columns; // CoNLL-2012 has a column for each verb
    }

    /// <summary>Reads up to a blank line; false when the file ends there.</summary>
    private bool ReadSentence(Record record)
    {
        while (_lines.Read(out var range))
        {
            var line = _lines.At(range);
            if (_lines.IsTooLarge)
            {
                if (IsBlank(line))
                {
                    return true;
                }

                continue;
            }

            if (IsBlank(line))
            {
                if (record.Tokens.Count > 0 || log.IsLeftOut(record))
                {
                    return true;
                }

                // Leading blank lines: a record begins at its first line.
                if (record.Labels.Count == 0)
                {
                    Start(record);
                }

                continue;
            }

            ReadLine(record, line, range.Start.Value);
        }

        return false;
    }

    private void ReadLine(Record record, ReadOnlySpan<byte> line, int offset)
    {
        if (line[0] == '#' && IsComment(line))
        {
            ReadComment(record, line);
            return;
        }

        if ((line[0] == '-' && line.StartsWith("-DOCSTART-"u8)) || (_shape.HasRanges && ConllShape.IsRange(line)) || (_shape.HasBrackets && (line.StartsWith("#begin document"u8) || line.StartsWith("#end document"u8))))
        {
            return;
        }

        var columns = ConllColumns.Of(line);
        if (columns.Count == 1)
        {
            log.LeaveOut(FindingCode.MalformedRecord, record, _lines.Number, 1, line, $"A token without a tag: there is one column only.");
            return;
        }

        _columns = _columns == 0 ? columns.Count : _columns;
        if (columns.Count != _columns)
        {
            log.LeaveOut(FindingCode.MalformedRecord, record, _lines.Number, 1, line, $"{columns.Count} columns, where the lines before have {_columns}.");
            return;
        }

        var token = _shape.Token == 0 ? columns.First : ConllColumns.At(line, _shape.Token);
        var tag = _shape.Tag is { } stated ? ConllColumns.At(line, stated) : columns.Last;
        record.Tokens.Add(line[token]);
        record.Tags.Add(_shape.HasBrackets ? _brackets.ToIob2(line[tag]) : line[tag], offset + tag.Start.Value);
    }

    /// <summary>
    /// A token can be "#" too: a comment has no tab, and is "# name = value" or in a file whose columns are tabs; where
    /// they are spaces, a line that has the columns of a token line is one.
    /// </summary>
    private bool IsComment(ReadOnlySpan<byte> line) =>
        !line.Contains((byte)'\t') && (NameOf(line).Length > 0 || (_columns == 0 ? !EndsInTag(line) : CountWords(line) != _columns));

    /// <summary>Whether the last word looks like a tag: before the first token line that is all there is to go by.</summary>
    private static bool EndsInTag(ReadOnlySpan<byte> line)
    {
        var word = line.TrimEnd(" "u8);
        word = word[(word.LastIndexOf((byte)' ') + 1)..];
        return TagPrefixes.Of(word) != TagPrefix.None;
    }

    /// <summary>The name in "# name = value"; empty for anything else.</summary>
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> line)
    {
        var equals = line.IndexOf((byte)'=');
        var name = equals < 0 ? [] : line[1..equals].Trim((byte)' ');
        return name.Contains((byte)' ') ? [] : name;
    }

    private static void ReadComment(Record record, ReadOnlySpan<byte> line)
    {
        if (NameOf(line) is var name && (name.SequenceEqual("label"u8) || name.SequenceEqual("intent"u8)))
        {
            record.Labels.Add(line[(line.IndexOf((byte)'=') + 1)..].Trim((byte)' '));
        }
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) =>
        line.IsEmpty || (line[0] is (byte)' ' or (byte)'\t' && line.IndexOfAnyExcept(" \t"u8) < 0);

    private static int CountWords(ReadOnlySpan<byte> line) => ConllColumns.Of(line).Count;
}
