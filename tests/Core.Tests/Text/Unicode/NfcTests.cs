using Droptune.Tests;
using System.Globalization;
using System.Text;
using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Tests.Text.Unicode;

public class NfcTests
{
    [Fact]
    public void Normalize_UnicodesOwnCases_AllEqual()
    {
        var wrong = new List<string>();
        foreach (var line in TestData.GzipLines("reference", "nfc-cases.txt.gz"))
        {
            var (source, composed, decomposed) = line.Split(';').Select(Text).ToArray() is [var s, var c, var d] ? (s, c, d) : default;

            var right = Nfc.Normalize(source) == composed && Nfc.Normalize(composed) == composed
                && Nfc.Normalize(decomposed) == composed && Nfc.IsNormalized(composed) && Nfc.IsNormalized(source) == (source == composed);
            if (!right)
            {
                wrong.Add(line);
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Normalize_LoneSurrogate_StaysAsItIs()
    {
        var text = "\uD83D e\u0301 \uDE00";

        var result = Nfc.Normalize(text);

        Assert.Equal("\uD83D \u00E9 \uDE00", result);
    }

    private static string Text(string codes) => string.Concat(codes.Split(' ')
        .Select(code => new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
}
