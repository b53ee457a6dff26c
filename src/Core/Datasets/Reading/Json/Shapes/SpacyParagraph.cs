using Droptune.Core.Datasets.Records;

namespace Droptune.Core.Datasets.Reading.Json.Shapes;

/// <summary>
/// A paragraph of spaCy's JSON training format: sentences of tokens with BILUO tags (<c>orth</c>, <c>ner</c>), and
/// categories. One paragraph is one example: its categories belong to all of it.
/// </summary>
internal static class SpacyParagraph
{
    /// <summary>Fills the record; false when the paragraph has another shape.</summary>
    public static bool Read(JsonElement paragraph, Record record)
    {
        try
        {
            record.HasTokens = true;
            foreach (var token in paragraph.GetProperty("sentences").EnumerateArray().SelectMany(s => s.GetProperty("tokens").EnumerateArray()))
            {
                record.Tokens.Add(StringOf(token.GetProperty("orth")));
                if (token.TryGetProperty("ner", out var tag))
                {
                    record.HasTags = true;
                    record.Tags.Add(Encoding.UTF8.GetBytes(ToIob2(StringOf(tag))), 0);
                }
            }

            record.HasLabelList = paragraph.TryGetProperty("cats", out var cats);
            foreach (var category in record.HasLabelList ? cats.EnumerateArray() : default)
            {
                if (category.GetProperty("value").GetDouble() >= 0.5)
                {
                    record.Labels.Add(StringOf(category.GetProperty("label")));
                }
            }

            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return false;
        }
    }

    private static string StringOf(JsonElement value) => value.GetString() ?? throw new FormatException();

    private static string ToIob2(string biluo) => biluo switch
    {
        ['U', '-', ..] => "B" + biluo[1..],
        ['L', '-', ..] => "I" + biluo[1..],
        _ => biluo,
    };
}
