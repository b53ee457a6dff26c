using System.Text.RegularExpressions;
using System.Xml.Linq;
using YamlDotNet.RepresentationModel;

namespace Droptune.Infra.Tests.Sources;

public partial class AzureYamlTests
{
    private static readonly YamlMappingNode Project = Load();

    [Fact]
    public void Paths_InTheProject_Exist()
    {
        var infra = At("infra");
        var docker = At("services", "training", "docker");
        var trainingFolder = Repository.PathOf(Text("services", "training", "project"));

        Assert.True(File.Exists(Path.Combine(Repository.PathOf(Value(infra, "path")), Value(infra, "module") + ".bicep")));
        Assert.True(File.Exists(Path.Combine(Repository.PathOf(Text("services", "functions", "project")), "Functions.csproj")));
        Assert.True(File.Exists(Path.Combine(trainingFolder, Value(docker, "path"))));
        Assert.Equal(Repository.PathOf().TrimEnd('/'), Path.GetFullPath(Path.Combine(trainingFolder, Value(docker, "context"))).TrimEnd('/'));
    }

    [Fact]
    public void Services_EachOne_HasAResourceTaggedWithItsName()
    {
        var tagged = Deployment.Dev.Resources
            .Where(resource => resource.Json.TryGetProperty("tags", out var tags) && tags.TryGetProperty("azd-service-name", out _))
            .ToDictionary(resource => resource.Json.GetProperty("tags").GetProperty("azd-service-name").GetString()!, resource => resource.Type);

        Assert.Equal(
            new Dictionary<string, string> { ["functions"] = "Microsoft.Web/sites", ["training"] = "Microsoft.App/jobs" },
            tagged);
        Assert.Equal(tagged.Keys.Order(), ((YamlMappingNode)At("services")).Children.Keys.Select(key => ((YamlScalarNode)key).Value).Order());
    }

    [Fact]
    public void Variables_OfHooksAndParameters_ArePutOutByTheTemplateOrSetByAzd()
    {
        var text = Repository.Read("azure.yaml") + Repository.Read("infra", "bicep", "events.bicepparam");
        var variables = Variable().Matches(text).Select(match => match.Groups["name"].Value).Distinct().ToList();

        Assert.NotEmpty(variables);
        Assert.All(variables, variable => Assert.Contains(variable, Deployment.Dev.Outputs));
    }

    [Theory]
    [InlineData("predeploy")]
    [InlineData("postdeploy")]
    public void Hooks_OfBothShells_RunTheSameCommands(string hook)
    {
        var commands = new[] { "posix", "windows" }.Select(system => AzCommand().Matches(Text("hooks", hook, system, "run"))
            .Select(match => string.Join(' ', Option().Matches(match.Value).Select(option => option.Value))).ToList()).ToList();

        Assert.NotEmpty(commands[0]);
        Assert.Equal(commands[0], commands[1]);
    }

    [Fact]
    public void Hooks_FilesTheyName_Exist() =>
        Assert.All(
            FileName().Matches(Repository.Read("azure.yaml")).Select(match => match.Value).Distinct(),
            file => Assert.True(File.Exists(Repository.PathOf(file)), file));

    [Fact]
    public void LibtorchImage_Tag_IsTheVersionOfTorchSharp()
    {
        var version = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion")
            .Single(package => package.Attribute("Include")!.Value == "TorchSharp-cuda-linux").Attribute("Version")!.Value;

        Assert.Contains($"/droptune-libtorch:{version}'", Repository.Read("infra", "bicep", "main.bicep"), StringComparison.Ordinal);
    }

    private static YamlMappingNode Load()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read("azure.yaml")));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static YamlNode At(params string[] path) => path.Aggregate((YamlNode)Project, (node, step) => node[step]);

    private static string Text(params string[] path) => ((YamlScalarNode)At(path)).Value!;

    private static string Value(YamlNode node, string key) => ((YamlScalarNode)node[key]).Value!;

    [GeneratedRegex(@"\$(?:env:|\{)?(?<name>[A-Z]+_[A-Z_]+)\b|readEnvironmentVariable\('(?<name>[A-Z_]+)'\)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"az (?:acr|deployment) [^\n]+")]
    private static partial Regex AzCommand();

    // The words of a command that are neither variables nor redirections.
    [GeneratedRegex(@"(?<=\s)--[a-z-]+|(?<=az )[a-z]+ [a-z]+(?: [a-z]+)?(?= --)|(?<=--(?:target|file|name|parameters) )[\w./-]+")]
    private static partial Regex Option();

    [GeneratedRegex(@"\b(?:infra|src)/[\w/.-]+\.\w+")]
    private static partial Regex FileName();
}
