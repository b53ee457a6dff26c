using System.Reflection;
using Microsoft.AspNetCore.Routing.Template;

namespace Droptune.Functions.Http;

/// <summary>An HTTP function: its method and trigger.</summary>
public sealed record HttpFunction(string Name, MethodInfo Method, HttpTriggerAttribute Trigger)
{
    public const string RoutePrefix = "api";

    /// <summary>Every HTTP function of this assembly.</summary>
    public static IReadOnlyList<HttpFunction> All { get; } =
    [
        .. from type in typeof(HttpFunction).Assembly.GetExportedTypes()
           from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           from parameter in method.GetParameters()
           let trigger = parameter.GetCustomAttribute<HttpTriggerAttribute>()
           where trigger is not null
           select new HttpFunction(function.Name, method, trigger),
    ];

    private readonly TemplateMatcher _route = new(TemplateParser.Parse($"{RoutePrefix}/{Trigger.Route}"), []);

    /// <summary>Whether a caller's key is enough.</summary>
    public bool IsForCallers => Method.IsDefined(typeof(ForCallersAttribute));

    /// <summary>The function that a request is for.</summary>
    public static HttpFunction? Of(HttpRequest request) => All.FirstOrDefault(function =>
        function.Trigger.Methods!.Contains(request.Method, StringComparer.OrdinalIgnoreCase) && function._route.TryMatch(request.Path, []));
}

/// <summary>
/// Marks what a caller's key is enough for: asking a model and correcting it. Everything else shows texts of others or changes state,
/// and needs the key for all.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ForCallersAttribute : Attribute;
