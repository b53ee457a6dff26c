using Droptune.Core.Datasets.Gate;

namespace Droptune.TrainingJob.Commands;

/// <summary>The base model that <c>--base</c> names, for the gate.</summary>
internal static class LocalBaseModel
{
    /// <summary>Null without a folder: lengths are then counted without a vocabulary.</summary>
    public static BaseModelFinder? Finder(string? folder)
    {
        if (folder is null or BaseModel.Scratch)
        {
            return null;
        }

        return Directory.Exists(folder)
            ? (_, _) => Task.FromResult<string?>(Checked(Path.GetFullPath(folder)))
            : throw new WrongUseException($"There is no folder '{folder}': --base names the folder of a base model.");
    }

    private static string Checked(string folder)
    {
        foreach (var path in Directory.GetFiles(folder, "*.safetensors"))
        {
            using var file = File.OpenRead(path);
            SafeTensorsHeader.Read(file, file.Length, path);
        }

        return folder;
    }
}
