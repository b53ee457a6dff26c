using Droptune.Core.Text.Unicode;

namespace Droptune.Core.Tests.Text.Unicode;

public class NfcTests
{
    [Fact]
    public void IsNormalized_UnicodesOwnCases_AllRight()
    {
        var wrong = new List<string>();
        foreach (var line in TestData.GzipLines("reference", "nfc-cases.txt.gz"))
        {
            var (source, composed, decomposed) = line.Split(';').Select(Text).ToArray() is [var s, var c, var d] ? (s, c, d) : default;

            if (new[] { source, composed, decomposed }.Any(text => Nfc.IsNormalized(text) != (text == composed)))
            {
                wrong.Add(line);
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void IsNormalized_LoneSurrogate_CountsAsItIs()
    {
        Assert.True(Nfc.IsNormalized("\uD83D \u00E9 \u0300 \uDE00"));
        Assert.False(Nfc.IsNormalized("\uD83D e\u0301 \uDE00"));
    }

    private static string Text(string codes) => string.Concat(codes.Split(' ')
        .Select(code => new Rune(int.Parse(code, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
}
