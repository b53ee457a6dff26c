using Droptune.Core.Datasets.Gate;

namespace Droptune.TrainingJob.Commands;

/// <summary>The base model of a local training: what <c>--base</c> names, or the manifest where it is a folder, else the built-in one.</summary>
internal static class LocalBaseModel
{
    /// <summary>Null for a training from scratch: lengths are then counted without a vocabulary.</summary>
    /// <param name="asked">A folder, the built-in base's name, "scratch", or null.</param>
    public static BaseModelFinder? Finder(string? asked) => asked == BaseModel.Scratch ? null : asked is not null && FolderOf(asked) is null
        ? throw new WrongUseException($"There is no folder '{asked}': --base names the folder of a base model, '{BaseModel.BuiltIn}' or '{BaseModel.Scratch}'.")
        : (name, _) => Task.FromResult<FoundBaseModel?>(Find(asked ?? name ?? BaseModel.BuiltIn));

    /// <summary>Null where there is none.</summary>
    public static string? FolderOf(string name) => Directory.Exists(name) ? name : name == BaseModel.BuiltIn ? BuiltInBase.Folder : null;

    /// <summary>The name of a base model: that of its folder.</summary>
    public static string NameOf(string asked) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(asked)));

    private static FoundBaseModel Find(string name)
    {
        if (FolderOf(name) is not { } folder)
        {
            return new(name, Folder: null); // perhaps in the account
        }

        foreach (var path in Directory.GetFiles(folder, "*.safetensors"))
        {
            using var file = File.OpenRead(path);
            SafeTensorsHeader.Read(file, file.Length, path);
        }

        return new(NameOf(name), Path.GetFullPath(folder));
    }
}
