namespace Droptune.Core.Text.WordPiece;

/// <summary>A text, and where words or labels end in it.</summary>
/// <param name="Text">The whole text.</param>
/// <param name="Cuts">In UTF-16 units, ascending.</param>
public sealed record CutText(string Text, IReadOnlyList<int> Cuts)
{
    /// <summary>The text of an example, cut where its entities begin and end.</summary>
    public static CutText Of(Example example) =>
        new(example.Text ?? "", [.. (example.Entities ?? []).SelectMany(entity => new[] { entity.Start, entity.End })]);
}
