using Droptune.Core.Datasets.Reading;

namespace Droptune.Core.Datasets.Checking;

/// <summary>Checks a record and makes it canonical; everything wrong with it is reported, and what cannot be kept is left out.</summary>
internal sealed class ExampleChecker(FindingLog log, DatasetManifest manifest, TagScheme? scheme)
{
    private readonly CheckedExample _example = new();
    private byte[] _joined = new byte[1024];
    private TagReader? _tags;

    public LabelTable TextLabels { get; } = new();

    public LabelTable EntityLabels { get; } = new();

    /// <summary>The checked example, valid until the next call; null when the record is left out.</summary>
    public CheckedExample? Check(Record record)
    {
        if (!record.HasTokens && record.Text.Count == 0)
        {
            log.Add(FindingCode.MissingField, record, $"Neither '{manifest.TextColumn}' nor 'tokens'.");
            return null;
        }

        var kept = ReadLabel(record);
        kept &= record.HasTokens ? ReadWords(record) : ReadText(record);
        return kept ? _example : null;
    }

    private bool ReadLabel(Record record)
    {
        _example.Label = -1;
        if (record.Labels.Count == 0 || manifest.Task == TaskKind.TokenClassification)
        {
            return true;
        }

        if (record.Labels.Count > 1)
        {
            log.Add(FindingCode.MultipleLabels, record, $"{record.Labels.Count} labels: {record.Labels[0]}, {record.Labels[1]}…");
            return false;
        }

        if (record.Labels[0].Trim(" \t\r\n"u8).IsEmpty)
        {
            log.Add(FindingCode.EmptyField, record, $"The label is blank.");
            return false;
        }

        _example.Label = TextLabels.IdOf(record.Labels[0]);
        return true;
    }

    private bool ReadWords(Record record)
    {
        _example.Tokens = record.Tokens;
        _example.HasTags = record.HasTags && manifest.Task != TaskKind.TextClassification;
        var kept = true;
        for (var i = 0; i < record.Tokens.Count; i++)
        {
            if (record.Tokens[i].IsEmpty)
            {
                log.Add(FindingCode.EmptyField, record, $"Token {i + 1} is empty.");
                kept = false;
            }
        }

        if (record.Tokens.Count == 0)
        {
            log.Add(FindingCode.EmptyField, record, $"There are no tokens.");
            return false;
        }

        _example.Text = JoinTokens(record.Tokens);
        _example.Words = record.Tokens.Count;
        if (!_example.HasTags)
        {
            return kept;
        }

        if (record.Tags.Count != record.Tokens.Count)
        {
            log.Add(FindingCode.TagCountMismatch, record, $"{record.Tokens.Count} tokens, {record.Tags.Count} tags.");
            return false;
        }

        _tags ??= new TagReader(log, EntityLabels, scheme ?? TagScheme.IOB2);
        return _tags.Read(record, _example.Tags) && kept;
    }

    private bool ReadText(Record record)
    {
        _example.Tokens = null;
        _example.HasTags = record.HasSpans && manifest.Task != TaskKind.TextClassification;
        _example.Text = record.Text[0].ToArray();
        if (record.Text[0].Trim(" \t\r\n"u8).IsEmpty)
        {
            log.Add(FindingCode.EmptyField, record, $"The text is blank.");
            return false;
        }

        _example.Spans.Clear();
        foreach (var span in record.Spans)
        {
            _example.Spans.Add(((int)span.Start, (int)span.End, EntityLabels.IdOf(record.SpanStrings[span.Label])));
        }

        return true;
    }

    private ReadOnlyMemory<byte> JoinTokens(Utf8List tokens)
    {
        var length = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            var token = tokens[i];
            if (_joined.Length < length + token.Length + 1)
            {
                Array.Resize(ref _joined, Math.Max(_joined.Length * 2, length + token.Length + 1));
            }

            token.CopyTo(_joined.AsSpan(length));
            length += token.Length;
            _joined[length++] = (byte)' ';
        }

        return _joined.AsMemory(0, length - 1);
    }
}
