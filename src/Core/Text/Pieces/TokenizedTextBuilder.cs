namespace Droptune.Core.Text.Pieces;

/// <summary>Collects the units of a text; its lists are used again for the next one.</summary>
internal sealed class TokenizedTextBuilder
{
    private readonly List<int> _ids = [];
    private readonly List<TextRange> _pieces = [];
    private readonly List<TextUnit> _units = [];

    [ThreadStatic]
    private static TokenizedTextBuilder? Mine;

    /// <summary>This thread's builder, empty.</summary>
    public static TokenizedTextBuilder Start()
    {
        var builder = Mine ??= new();
        builder._ids.Clear();
        builder._pieces.Clear();
        builder._units.Clear();

        return builder;
    }

    /// <summary>Adds a unit of a word, or of a text (-1), where each unit counts as its own word.</summary>
    public void Add(TextRange unit, int word, UnitPieces pieces)
    {
        Unit(unit, word);
        for (var i = 0; i < pieces.Ids.Length; i++)
        {
            var place = pieces.Places[i];
            Piece(pieces.Ids[i], new(unit.Start + place.Start, unit.Start + place.End));
        }
    }

    /// <summary>Adds each piece of a part of a text as a unit; pieces of one character are one.</summary>
    public void AddEach(TextRange part, int word, UnitPieces pieces)
    {
        for (var i = 0; i < pieces.Ids.Length; i++)
        {
            var place = new TextRange(part.Start + pieces.Places[i].Start, part.Start + pieces.Places[i].End);
            if (i == 0 || place.Start >= _units[^1].End)
            {
                Unit(place, word);
            }

            Piece(pieces.Ids[i], place);
        }
    }

    public void Add(TextRange unit, int word, int id)
    {
        Unit(unit, word);
        Piece(id, unit);
    }

    /// <summary>Begins a unit; the pieces added from here on are its own.</summary>
    public void Unit(TextRange unit, int word) => _units.Add(new(unit.Start, unit.End, word < 0 ? _units.Count : word, _ids.Count));

    /// <summary>Lets the last unit reach further.</summary>
    public void Extend(int end) => _units[^1] = _units[^1] with { End = Math.Max(_units[^1].End, end) };

    public void Piece(int id, TextRange place)
    {
        _ids.Add(id);
        _pieces.Add(place);
    }

    public TokenizedText Build() => new() { Ids = [.. _ids], Pieces = [.. _pieces], Units = [.. _units] };
}
