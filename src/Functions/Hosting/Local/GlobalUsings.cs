// What the function classes are written against, in the WebJobs SDK's names; Isolated/GlobalUsings.cs has the worker's.
global using Microsoft.AspNetCore.Http;
global using Microsoft.AspNetCore.Mvc;
global using Microsoft.Azure.WebJobs;
global using Microsoft.Azure.WebJobs.Extensions.Http;
global using Microsoft.Extensions.Logging;
global using FunctionAttribute = Microsoft.Azure.WebJobs.FunctionNameAttribute;
