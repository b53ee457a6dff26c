using System.Text.RegularExpressions;
using Droptune.Core.Datasets.Findings;
using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>MASSIVE: <c>{"utt", "annot_utt": "wake me at [time : nine]", "intent", "partition"}</c>.</summary>
internal static partial class MassiveUtterance
{
    public static string? Read(JsonElement element, Record record, UnreadAnnotations unread)
    {
        var (annotated, end, pieces) = (element.TextOf("annot_utt"), 0, new TextPieces());
        foreach (Match slot in Slot().Matches(annotated))
        {
            pieces.Add(annotated.AsSpan(end, slot.Index - end));
            pieces.Add(slot.Groups["text"].Value, slot.Groups["label"].Value);
            end = slot.Index + slot.Length;
        }

        pieces.Add(annotated.AsSpan(end));
        pieces.MoveTo(record);
        if (element.StringOf("utt") is { } text && !record.Text[0].SequenceEqual(Encoding.UTF8.GetBytes(text.Trim())))
        {
            return "The annotated text (annot_utt) is not the text (utt).";
        }

        if (element.StringOf("intent") is { Length: > 0 } intent)
        {
            record.Labels.Add(intent);
        }

        if (element.StringOf("scenario") is not null)
        {
            unread.Note(record, "scenario", "the intent says more");
        }

        record.Split = element.StringOf("partition") is { } partition ? SplitWord.Find(partition)?.Split : null;
        return null;
    }

    [GeneratedRegex(@"\[\s*(?<label>[^\[\]:]*?)\s*:\s*(?<text>[^\[\]]*?)\s*\]")]
    private static partial Regex Slot();
}
