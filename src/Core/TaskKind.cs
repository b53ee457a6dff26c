namespace Droptune.Core;

/// <summary>What a model learns; "token-classification", "text-classification" and "joint" in JSON.</summary>
public enum TaskKind
{
    /// <summary>One tag a word.</summary>
    TokenClassification,

    /// <summary>One label a text.</summary>
    TextClassification,

    /// <summary>Both: tags and a text label, such as slots and an intent.</summary>
    Joint,
}
