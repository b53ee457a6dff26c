using Droptune.Core.Datasets.Checking.Spans;
using Droptune.Core.Datasets.Checking.Tags;
using Droptune.Core.Datasets.Checking.Texts;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;
using Droptune.Core.Text;

namespace Droptune.Core.Datasets.Checking;

/// <summary>
/// Checks the records of one file and makes them canonical; everything wrong with one is reported, and what cannot be kept
/// is left out. What the file's tags and spans showed does not hold for the next.
/// </summary>
/// <param name="log">Where findings go.</param>
/// <param name="manifest">What the dataset states.</param>
/// <param name="tags">How tags are written.</param>
/// <param name="textLabels">Ids of the labels of texts.</param>
/// <param name="entityLabels">Ids of the labels of entities.</param>
/// <param name="units">What labels of texts are made of; null = words.</param>
/// <param name="evidence">What shows whether that is right.</param>
internal sealed class ExampleChecker(
    FindingLog log, DatasetManifest manifest, TagForm tags, LabelTable textLabels, LabelTable entityLabels, SmallUnits? units, TextEvidence evidence)
{
    private const int UnsegmentedBytes = 30; // ten Chinese characters: no word is that long

    private readonly TagReader _tags = new(log, entityLabels, tags);
    private readonly SpanReader _spans = new(log, manifest, entityLabels, evidence.Units, units);
    private readonly TextChecker _texts = new(log);
    private readonly CheckedExample _example = new();

    /// <summary>The checked example, valid until the next call; null when the record is left out.</summary>
    public CheckedExample? Check(Record record)
    {
        _example.Tags.Clear();
        _example.Spans.Clear();
        ReadLabels(record);
        if (record.HasTokens)
        {
            ReadWords(record);
        }
        else
        {
            ReadText(record);
        }

        if (log.IsLeftOut(record))
        {
            return null;
        }

        if (record.HasTokens)
        {
            evidence.Add(record.Tokens);
        }

        _example.IsAscii = Ascii.IsValid(_example.Text.Span);
        _texts.Check(record, _example);
        return _example;
    }

    /// <summary>Reports what only all records of the file show.</summary>
    public void Complete(string? file) => _spans.Complete(file);

    private void ReadLabels(Record record)
    {
        _example.Labels.Clear();
        var isList = manifest.HasSeveralLabels() && record.HasLabelList;
        _example.HasLabels = (isList || record.Labels.Count > 0) && manifest.Task?.HasTextLabels() != false;
        if (!_example.HasLabels)
        {
            return;
        }

        if (record.Labels.Count > 1 && !manifest.HasSeveralLabels())
        {
            log.LeaveOut(FindingCode.MultipleLabels, record, $"{record.Labels.Count} labels: {record.Labels[0]}, {record.Labels[1]}…");
            return;
        }

        for (var i = 0; i < record.Labels.Count; i++)
        {
            if (record.Labels[i].Trim(" \t\r\n"u8).IsEmpty)
            {
                log.LeaveOut(FindingCode.EmptyField, record, $"{(record.Labels.Count == 1 ? "The" : "A")} label is blank.");
                return;
            }

            _example.Labels.Add(textLabels.IdOf(record.Labels[i]));
        }

        if (_example.Labels.Count > 1)
        {
            int[] sorted = [.. _example.Labels.Distinct().OrderBy(label => textLabels[label], StringComparer.Ordinal)];
            _example.Labels.Clear();
            _example.Labels.AddRange(sorted);
        }
    }

    private void ReadWords(Record record)
    {
        _example.Tokens = record.Tokens;
        _example.HasTags = record.HasTags && manifest.Task?.HasEntities() != false;
        if (record.Tokens.Count == 0)
        {
            log.LeaveOut(FindingCode.EmptyField, record, $"There are no tokens.");
            return;
        }

        for (var i = 0; i < record.Tokens.Count; i++)
        {
            var token = record.Tokens[i];
            if (token.Length > 0 && token[0] is > (byte)' ' and < 0x7f)
            {
                continue; // seen at first sight
            }

            if (token.IsEmpty)
            {
                log.LeaveOut(FindingCode.EmptyField, record, OffsetOf(record, i), $"Token {i + 1} is empty.");
            }
            else if (evidence.AreWordsJoined)
            {
                continue; // what the words are does not matter then
            }
            else if (TextChecker.IsBlank(token))
            {
                log.Add(FindingCode.BlankToken, record, OffsetOf(record, i), $"Token {i + 1} is {token}.");
            }
            else if (token.Length > UnsegmentedBytes && TextChecker.IsUnsegmented(token))
            {
                log.Add(FindingCode.UnsegmentedText, record, OffsetOf(record, i), $"Token {i + 1} is {token}.");
            }
        }

        _example.Text = record.Tokens.Joined;
        if (!_example.HasTags)
        {
            return;
        }

        if (record.Tags.Count != record.Tokens.Count)
        {
            log.LeaveOut(FindingCode.TagCountMismatch, record, $"{record.Tokens.Count} tokens, {record.Tags.Count} tags.");
            return;
        }

        _tags.Read(record, _example.Tags);
    }

    /// <summary>Where a token stands, by its tag: on the same line.</summary>
    private static int OffsetOf(Record record, int token) => token < record.Tags.Count ? record.Tags.OffsetAt(token) : 0;

    private void ReadText(Record record)
    {
        if (record.Text.Count == 0)
        {
            log.LeaveOut(FindingCode.MissingField, record, $"Neither '{manifest.TextColumn}' nor 'tokens'.");
            return;
        }

        _example.Tokens = null;
        _example.HasTags = record.HasSpans && manifest.Task?.HasEntities() != false;
        _example.Text = record.Text.Joined;
        if (record.Text[0].Trim(" \t\r\n"u8).IsEmpty || TextChecker.IsBlank(record.Text[0]))
        {
            log.LeaveOut(FindingCode.EmptyField, record, $"The text is blank.");
        }
        else if (record.HasTags)
        {
            log.LeaveOut(FindingCode.MissingField, record, $"There are tags, but no tokens.");
        }
        else if (_example.HasTags)
        {
            _spans.Read(record, _example.Spans);
        }
    }
}
