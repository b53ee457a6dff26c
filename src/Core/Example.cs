namespace Droptune.Core;

/// <summary>
/// One labelled example, in one of the two canonical shapes: words with tags
/// (<c>{"tokens":[…],"tags":[…],"label":…}</c>), or a text with spans (<c>{"text":…,"entities":[…],"label":…}</c>). Where texts have
/// several labels, <c>"labels":[…]</c> stands in place of the label.
/// </summary>
public sealed record Example
{
    /// <summary>The words as the dataset has them; null for an example that is a text.</summary>
    public IReadOnlyList<string>? Tokens { get; init; }

    /// <summary>One IOB2 tag a word; null where the task has no tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>The text as the dataset has it; null for an example that is words.</summary>
    public string? Text { get; init; }

    /// <summary>Entities of <see cref="Text"/>, by start, without overlap; null where the task has no tags.</summary>
    public IReadOnlyList<EntitySpan>? Entities { get; init; }

    /// <summary>The label of the whole text; null where the task has none, or several a text.</summary>
    public string? Label { get; init; }

    /// <summary>The labels of the whole text, sorted, where the task has several a text; empty = none of them. Else null.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Whatever labels the text has, as a list; null where nothing is known of them.</summary>
    public IReadOnlyList<string>? TextLabels() => Labels ?? (Label is null ? null : [Label]);
}

/// <summary>A labelled part of a text: UTF-16 code units, <paramref name="End"/> exclusive.</summary>
public sealed record EntitySpan(int Start, int End, string Label);
