using System.IO.Hashing;
using CsCheck;
using Droptune.Core.Datasets;

namespace Droptune.Core.Tests.Datasets.Checking;

/// <summary>The hash of a text without regard to case, width and white space decides its split: what it is of any text is fixed.</summary>
public sealed class TextHashTests
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf(" ", "  ", "\t", "\r\n", "\0", "\u007f", "\u0085", "\u00a0", "\u3000", "a", "Zz", "New York", "É", "İ", "ß", "Ⱥ", "北京", "Ａｂ", "！", "😀", "e\u0301", "\uFFFD"),
        Gen.String[Gen.Char[' ', '~'], 0, 6]).Array[0, 12].Select(string.Concat);

    [Fact]
    public Task Check_AnyTexts_GoToTheSplitsOfTheirFoldedCharacters() => Text.Array[1, 30].SampleAsync(async texts =>
    {
        texts = [.. texts.Select(text => text + "x" + text)]; // none is blank
        var lines = texts.Select(text => JsonSerializer.Serialize(new { text, label = "a" }) + "\n");
        var splits = texts.Select(text => new SplitPlan([]).SplitOf(null, XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(Fold(text))))).ToList();

        DatasetFile[] named = [.. Enum.GetValues<Split>().Select(split => Some.File($"{split}.jsonl", $$"""{"text":"{{split}}","label":"b"}"""))]; // else few would be moved
        var report = await Some.Report([.. named, Some.File("data.jsonl", string.Concat(lines))]);

        Assert.Equal(
            new SplitCounts(splits.Count(split => split == Split.Train) + 1, splits.Count(split => split == Split.Dev) + 1, splits.Count(split => split == Split.Test) + 1),
            report.Counts);
    });

    /// <summary>The definition, character by character: one space for white space between others, half width, lower case.</summary>
    private static string Fold(string text)
    {
        var folded = new StringBuilder();
        var isSpaced = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value <= ' ' || Rune.IsWhiteSpace(rune))
            {
                isSpaced = folded.Length > 0;
                continue;
            }

            folded.Append(isSpaced ? " " : "");
            isSpaced = false;
            folded.Append(Rune.ToLowerInvariant(rune.Value is >= 0xFF01 and <= 0xFF5E ? new Rune(rune.Value - 0xFEE0) : rune));
        }

        return folded.ToString();
    }
}
