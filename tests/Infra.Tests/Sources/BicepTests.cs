using System.Text.RegularExpressions;

namespace Droptune.Infra.Tests.Sources;

public partial class BicepTests
{
    public static TheoryData<string> Sources => [.. BicepCompiler.SourceFiles];

    [Theory]
    [InlineData("main.bicep", "main.bicepparam")]
    [InlineData("events.bicep", "events.bicepparam")]
    public void Build_Template_GivesNoWarning(string template, string parameters)
    {
        var environment = new Dictionary<string, string>
        {
            ["FUNCTION_APP_NAME"] = "f",
            ["STORAGE_ACCOUNT_NAME"] = "s",
            ["EVENT_TOPIC_NAME"] = "t",
        };

        var built = BicepCompiler.Run(["build", template, "--stdout"]);
        var builtParameters = BicepCompiler.Run(["build-params", parameters, "--stdout"], environment);

        Assert.Equal((0, ""), (built.ExitCode, built.Messages));
        Assert.Equal((0, ""), (builtParameters.ExitCode, builtParameters.Messages));
    }

    [Fact]
    public void Build_TemplateWithFault_GivesError()
    {
        // The rules of bicepconfig.json are found and are errors, or the test above could not fail.
        var faulty = Path.Combine(BicepCompiler.Copy(), "faulty.bicep");
        File.WriteAllText(faulty, "param unused string\n");

        var built = BicepCompiler.Run(["build", "faulty.bicep", "--stdout"], folder: Path.GetDirectoryName(faulty));

        Assert.NotEqual(0, built.ExitCode);
        Assert.Contains("Error no-unused-params", built.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_EachFile_IsReachedFromMain()
    {
        var modules = BicepCompiler.SourceFiles.Where(file => file.StartsWith("modules", StringComparison.Ordinal)).ToList();
        var text = string.Concat(BicepCompiler.SourceFiles.Select(file => Repository.Read("infra", "bicep", file)));

        Assert.All(modules, module => Assert.Contains($"{Path.GetFileName(module)}'", text, StringComparison.Ordinal));
    }

    [Fact]
    public void Format_EveryFile_ChangesNothing()
    {
        var copy = BicepCompiler.Copy();

        BicepCompiler.Run(["format", "--pattern", "**/*.bicep"], folder: copy);
        BicepCompiler.Run(["format", "--pattern", "**/*.bicepparam"], folder: copy);

        Assert.All(BicepCompiler.SourceFiles, file =>
            Assert.True(
                Repository.Read("infra", "bicep", file) == File.ReadAllText(Path.Combine(copy, file)),
                $"{file} is not formatted: run bicep format on it"));
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void Source_EachFile_FollowsAzureVerifiedModules(string file)
    {
        if (!file.EndsWith(".bicep", StringComparison.Ordinal))
        {
            return;
        }

        var text = Repository.Read("infra", "bicep", file);
        var parameters = Parameter().Matches(text);

        Assert.StartsWith("metadata description = '", text, StringComparison.Ordinal);
        Assert.Equal(Regex.Count(text, @"^param ", RegexOptions.Multiline), parameters.Count);
        Assert.All(parameters, parameter => Assert.Matches(@"^(Required|Optional|Conditional)\. ", parameter.Groups["description"].Value));
        Assert.All(parameters, parameter => Assert.Equal(
            parameter.Groups["description"].Value.StartsWith("Required", StringComparison.Ordinal),
            !parameter.Groups["rest"].Value.Contains('=', StringComparison.Ordinal)));
        Assert.Equal(Regex.Count(text, @"^output ", RegexOptions.Multiline), Regex.Count(text, @"^@description\('[^']+'\)\noutput ", RegexOptions.Multiline));
    }

    // A parameter with its description and other decorators.
    [GeneratedRegex(@"^@description\('(?<description>[^']+)'\)\n(?:@[^\n]+\n)*param (?<rest>[^\n]+)", RegexOptions.Multiline)]
    private static partial Regex Parameter();
}
