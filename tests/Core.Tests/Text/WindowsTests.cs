using CsCheck;
using Droptune.Core.Text;

namespace Droptune.Core.Tests.Text;

public class WindowsTests
{
    [Fact]
    public void Split_AnyText_OwnsEachUnitOnceInWholeWindowsThatFit()
    {
        var texts = Gen.Int[1, 12].List[0, 200].Select(Text);

        Check.Sample(Gen.Select(texts, Gen.Int[3, 40]), (text, maxLength) =>
        {
            var windows = Core.Text.Windows.Split(text, maxLength);

            Assert.Equal(Enumerable.Range(0, text.Units.Length), windows.SelectMany(w => Enumerable.Range(w.FirstOwned, w.OwnedCount)));
            var starts = text.Units.Select(unit => unit.FirstPiece).Append(text.Ids.Length).ToList();
            foreach (var window in windows)
            {
                var end = window.FirstPiece + window.PieceCount;
                Assert.True(window.PieceCount <= maxLength - 2);
                Assert.Contains(window.FirstPiece, starts);
                Assert.True(starts[window.FirstOwned] >= window.FirstPiece);
                if (!starts.Contains(end))
                {
                    Assert.True(end < starts[starts.IndexOf(window.FirstPiece) + 1]); // a part of one unit
                    end = starts[starts.IndexOf(window.FirstPiece) + 1];
                }

                Assert.True(starts[window.FirstOwned + window.OwnedCount] <= end);
            }
        });
    }

    [Fact]
    public void Split_ShortText_IsOneWindow()
    {
        var windows = Core.Text.Windows.Split(Text([1, 2, 3]), 8);

        Assert.Equal([new(0, 6, 0, 3)], windows);
    }

    [Fact]
    public void Split_LongText_EachUnitIsOwnedWhereItHasMostContext()
    {
        var text = Text([.. Enumerable.Repeat(1, 20)]);

        var windows = Core.Text.Windows.Split(text, 10);

        // Windows of 8 share 2 (a quarter); the last one is full too. Each border is in the middle of what two share.
        Assert.Equal([new(0, 8, 0, 7), new(6, 8, 7, 6), new(12, 8, 13, 7)], windows);
    }

    private static TokenizedText Text(List<int> piecesPerUnit)
    {
        var firsts = piecesPerUnit.Select((_, i) => piecesPerUnit.Take(i).Sum()).ToArray();
        return new()
        {
            Ids = new int[piecesPerUnit.Sum()],
            Pieces = new TextRange[piecesPerUnit.Sum()],
            Units = [.. firsts.Select((first, unit) => new TextUnit(unit, unit + 1, unit, first))],
        };
    }
}
