using System.Text;
using Droptune.Core.Datasets.Checking.Spans;
using Droptune.Core.Datasets.Checking.Tags;
using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Checking;

/// <summary>Checks a record and makes it canonical; everything wrong with it is reported, and what cannot be kept is left out.</summary>
internal sealed class ExampleChecker
{
    private readonly FindingLog _log;
    private readonly DatasetManifest _manifest;
    private readonly TagReader _tags;
    private readonly SpanReader _spans;
    private readonly TextChecker _texts;
    private readonly CheckedExample _example = new();

    public ExampleChecker(FindingLog log, DatasetManifest manifest, TagScheme scheme)
    {
        (_log, _manifest) = (log, manifest);
        _tags = new TagReader(log, EntityLabels, scheme);
        _spans = new SpanReader(log, manifest, EntityLabels);
        _texts = new TextChecker(log);
    }

    public LabelTable TextLabels { get; } = new();

    public LabelTable EntityLabels { get; } = new();

    /// <summary>What one file's spans showed does not hold for the next.</summary>
    public void StartFile() => _spans.StartFile();

    /// <summary>The checked example, valid until the next call; null when the record is left out.</summary>
    public CheckedExample? Check(Record record)
    {
        _example.Tags.Clear();
        _example.Spans.Clear();
        var isKept = ReadLabel(record);
        isKept &= record.HasTokens ? ReadWords(record) : ReadText(record);
        if (!isKept)
        {
            return null;
        }

        _example.IsAscii = Ascii.IsValid(_example.Text.Span);
        _texts.Check(record, _example);
        return _example;
    }

    private bool ReadLabel(Record record)
    {
        _example.Label = -1;
        if (record.Labels.Count == 0 || _manifest.Task == TaskKind.TokenClassification)
        {
            return true;
        }

        if (record.Labels.Count > 1)
        {
            _log.Add(FindingCode.MultipleLabels, record, $"{record.Labels.Count} labels: {record.Labels[0]}, {record.Labels[1]}…");
            return false;
        }

        if (record.Labels[0].Trim(" \t\r\n"u8).IsEmpty)
        {
            _log.Add(FindingCode.EmptyField, record, $"The label is blank.");
            return false;
        }

        _example.Label = TextLabels.IdOf(record.Labels[0]);
        return true;
    }

    private bool ReadWords(Record record)
    {
        _example.Tokens = record.Tokens;
        _example.HasTags = record.HasTags && _manifest.Task != TaskKind.TextClassification;
        if (record.Tokens.Count == 0)
        {
            _log.Add(FindingCode.EmptyField, record, $"There are no tokens.");
            return false;
        }

        var isKept = true;
        for (var i = 0; i < record.Tokens.Count; i++)
        {
            var token = record.Tokens[i];
            if (token.Length > 0 && token[0] is > (byte)' ' and < 0x7f)
            {
                continue; // seen at first sight
            }

            if (token.IsEmpty)
            {
                _log.Add(FindingCode.EmptyField, record, OffsetOf(record, i), $"Token {i + 1} is empty.");
                isKept = false;
            }
            else if (TextChecker.IsBlank(token))
            {
                _log.Add(FindingCode.BlankToken, record, OffsetOf(record, i), $"Token {i + 1} is {token}.");
            }
        }

        _example.Text = record.Tokens.Joined;
        if (!_example.HasTags)
        {
            return isKept;
        }

        if (record.Tags.Count != record.Tokens.Count)
        {
            _log.Add(FindingCode.TagCountMismatch, record, $"{record.Tokens.Count} tokens, {record.Tags.Count} tags.");
            return false;
        }

        return _tags.Read(record, _example.Tags) && isKept;
    }

    /// <summary>Where a token stands, by its tag: on the same line.</summary>
    private static int OffsetOf(Record record, int token) => token < record.Tags.Count ? record.Tags.OffsetAt(token) : 0;

    private bool ReadText(Record record)
    {
        if (record.Text.Count == 0)
        {
            _log.Add(FindingCode.MissingField, record, $"Neither '{_manifest.TextColumn}' nor 'tokens'.");
            return false;
        }

        _example.Tokens = null;
        _example.HasTags = record.HasSpans && _manifest.Task != TaskKind.TextClassification;
        _example.Text = record.Text.Joined;
        if (record.Text[0].Trim(" \t\r\n"u8).IsEmpty || TextChecker.IsBlank(record.Text[0]))
        {
            _log.Add(FindingCode.EmptyField, record, $"The text is blank.");
            return false;
        }

        if (record.HasTags)
        {
            _log.Add(FindingCode.MissingField, record, $"There are tags, but no tokens.");
            return false;
        }

        return !_example.HasTags || _spans.Read(record, _example.Spans);
    }
}
