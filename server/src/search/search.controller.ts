import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Returns } from '../http/index.ts';
import { type SearchQuery, searchQuery, searchResult } from './search.schemas.ts';
import { SearchService } from './search.service.ts';

@ApiTags('search')
@Controller('search')
export class SearchController {
  readonly #search: SearchService;

  constructor(search: SearchService) {
    this.#search = search;
  }

  @Get()
  @ApiOperation({ summary: 'People, numbers, rates and settings that fit what was typed' })
  @Returns(searchResult)
  find(@Query({ schema: searchQuery }) query: SearchQuery) {
    return this.#search.search(query.q, query.limit);
  }
}
