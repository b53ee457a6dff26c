namespace Droptune.Core;

/// <summary>What a model learns; "token-classification", "text-classification", "multi-label-classification" and "joint" in JSON.</summary>
public enum TaskKind
{
    /// <summary>One tag a word.</summary>
    TokenClassification,

    /// <summary>One label a text.</summary>
    TextClassification,

    /// <summary>Tags and text labels, such as slots and an intent; or several labels a text, as its examples say.</summary>
    Joint,

    /// <summary>Any number of labels a text, none included.</summary>
    MultiLabelClassification,
}

/// <summary>The parts that a task consists of.</summary>
public static class TaskParts
{
    /// <summary>Whether words have tags, that is, texts have entities.</summary>
    public static bool HasEntities(this TaskKind task) => task is TaskKind.TokenClassification or TaskKind.Joint;

    /// <summary>Whether texts have labels, one or several.</summary>
    public static bool HasTextLabels(this TaskKind task) => task != TaskKind.TokenClassification;
}
