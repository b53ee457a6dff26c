namespace Droptune.Core.Models;

/// <summary>
/// <see cref="BaseModel.BuiltIn"/>: a small BERT that knows English and Chinese (<c>base-models/droptune-mini</c> of the repository). It lies
/// beside every program with configuration and vocabulary, which the gate needs; its weights are the training job's alone.
/// </summary>
public static class BuiltInBase
{
    /// <summary>Pieces that it reads at once at most.</summary>
    public const int MaxLength = 256;

    /// <summary>Its folder in Hugging Face layout, with a licence of its own.</summary>
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "base-models", BaseModel.BuiltIn);
}
