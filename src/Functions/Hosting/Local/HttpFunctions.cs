using System.Net;
using System.Reflection;
using System.Security.Cryptography;
using Droptune.Functions.Http;
using Droptune.Functions.Ui;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Droptune.Functions.Hosting.Local;

/// <summary>Maps the HTTP functions of this assembly onto Kestrel by their <see cref="HttpTriggerAttribute"/>.</summary>
internal static class HttpFunctions
{
    private const string KeyAdvice =
        "Requests from other machines need the key of the setting 'FunctionsKey' in the header 'x-functions-key'; without that setting all are refused.";

    public static void Map(WebApplication app)
    {
        // Routing's own 404 and 405 come without a body.
        app.UseStatusCodePages(pages => pages.HttpContext.Response.StatusCode switch
        {
            StatusCodes.Status404NotFound => WriteAsync(pages.HttpContext, ProblemKinds.UnknownPath, "docs/api.md lists the addresses; /api/openapi.json describes them."),
            StatusCodes.Status405MethodNotAllowed => WriteAsync(pages.HttpContext, ProblemKinds.MethodNotAllowed, $"Use {pages.HttpContext.Response.Headers.Allow}."),
            _ => Task.CompletedTask,
        });
        var key = app.Configuration["FunctionsKey"];
        app.MapGet("/", context =>
        {
            context.Response.Redirect($"/{HttpFunction.RoutePrefix}/{ShowPage.Route}");
            return Task.CompletedTask; // a RequestDelegate: for any other lambda ASP.NET compiles an expression at the start
        });
        foreach (var function in HttpFunction.All)
        {
            app.MapMethods(
                $"/{HttpFunction.RoutePrefix}/{function.Trigger.Route}", function.Trigger.Methods!, Handler(function, app.Services, key));
        }
    }

    private static RequestDelegate Handler(HttpFunction function, IServiceProvider services, string? key)
    {
        // One for all requests, as none keeps anything of one; made when the first comes.
        var instance = new Lazy<object>(() => ActivatorUtilities.CreateInstance(services, function.Method.DeclaringType!));
        var invoker = MethodInvoker.Create(function.Method);
        var parameters = function.Method.GetParameters();
        return async context =>
        {
            if (function.Trigger.AuthLevel != AuthorizationLevel.Anonymous && !IsLocal(context) && !HasKey(context.Request, key))
            {
                await WriteAsync(context, ProblemKinds.KeyRequired, KeyAdvice);
                return;
            }

            var arguments = Array.ConvertAll(parameters, parameter => Bind(parameter, context));
            var returned = invoker.Invoke(instance.Value, arguments);
            var result = returned is Task<IActionResult> task ? await task : (IActionResult)returned!;
            await result.ExecuteResultAsync(new ActionContext { HttpContext = context });
        };
    }

    private static object? Bind(ParameterInfo parameter, HttpContext context) => parameter.ParameterType switch
    {
        var type when type == typeof(HttpRequest) => context.Request,
        var type when type == typeof(CancellationToken) => context.RequestAborted,
        var type when type == typeof(string) => context.Request.RouteValues[parameter.Name!] as string,
        var type => throw new NotSupportedException($"An HTTP function cannot take a {type.Name}."),
    };

    private static Task WriteAsync(HttpContext context, ProblemKind kind, string detail) =>
        Problem.Answer(kind, detail).ExecuteResultAsync(new ActionContext { HttpContext = context });

    /// <summary>
    /// From this machine, to a name of this machine: a web page that had its own name resolved to 127.0.0.1 must not get in.
    /// </summary>
    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && context.Request.Host.Host.TrimEnd('.') is var name
        && (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(name, out var host) && IPAddress.IsLoopback(host)));

    private static bool HasKey(HttpRequest request, string? key)
    {
        var given = request.Headers["x-functions-key"].ToString() is { Length: > 0 } header ? header : request.Query["code"].ToString();
        return !string.IsNullOrEmpty(key)
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));
    }
}
