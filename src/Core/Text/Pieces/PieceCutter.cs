namespace Droptune.Core.Text.Pieces;

/// <summary>The pieces of one unit or word; places count from its start, in UTF-16 units.</summary>
internal sealed record UnitPieces(int[] Ids, TextRange[] Places);

/// <summary>Cuts a unit or word into pieces of a vocabulary.</summary>
internal abstract class PieceCutter
{
    public abstract UnitPieces Cut(ReadOnlySpan<char> unit);
}
