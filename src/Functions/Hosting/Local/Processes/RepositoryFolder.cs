namespace Droptune.Functions.Hosting.Local.Processes;

/// <summary>Where the checkout lies that this program was built from.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    /// <summary>What a local run keeps: Azurite's data and the models loaded from it. Ignored by git.</summary>
    public static string Data => System.IO.Path.Combine(Path, ".droptune");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Serverless.sln")))
            {
                return folder.FullName;
            }
        }

        throw new LocalSetupException(
            $"A local run needs the checkout that it was built from, and none lies above {AppContext.BaseDirectory}: use 'dotnet run --project src/Functions' there.");
    }
}
